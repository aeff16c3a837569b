#!/usr/bin/env bash
# Makes the media that the demo's test cards play: 8 seconds of colour bars with a clock and a soft
# tone. The results are committed, so that nobody needs ffmpeg to run the demo; this script is how to
# make them again, with ffmpeg, fontconfig and the DejaVu fonts. The same ffmpeg writes the same bytes
# each time.
#
#   mp4/{high,low}.mp4                 progressive files
#   stream/{master.m3u8,manifest.mpd}  HLS and DASH over the same segments of two seconds
#   images/WxH/*.jpg, captions/en.vtt  poster, thumbnail, captions
#
# Every address inside the manifests is relative, so the folder plays from wherever it is served. The
# catalog states sizes and durations: run `python3 demo/generate.py` afterwards.
set -euo pipefail
cd "$(dirname "$0")"

SECONDS_LONG=8
RATE=25
SEGMENT=2
FONT=$(fc-match --format='%{file}' 'DejaVu Sans Mono:bold')

# Neither dates nor version strings in the output, and one thread, since x264's choices depend on how
# many there are.
QUIET=(-hide_banner -loglevel error -y)
EXACT=(-threads 1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact -map_metadata -1)

# The filters that draw the picture: a disc that fills once in each segment, so that a seam between
# segments is seen, and below it the seconds since the start.
picture() {
  local width=$1 height=$2
  local disc=$((height * 5 / 12 / 2 * 2)) # even, as chroma needs
  local r="hypot(X-W/2,Y-H/2)" turn="mod(atan2(X-W/2,H/2-Y)+2*PI,2*PI)/(2*PI)"
  local ring="gt($r,W/2*0.9)" swept="lt($turn,mod(T,$SEGMENT)/$SEGMENT)"
  local clock='%{eif\:t\:d\:2}.%{eif\:mod(round(t*100)\,100)\:d\:2}'
  local lum="if($ring,235,if($swept,150,40))" alpha="if(lt($r,W/2-1),255,0)"
  cat <<END
smptehdbars=size=${width}x${height}:rate=$RATE[bars];
color=black:size=${disc}x${disc}:rate=$RATE,format=yuva444p,
geq=lum='$lum':cb=128:cr=128:a='$alpha'[disc];
[bars][disc]overlay=x=(W-w)/2:y=(H-h)/7,format=yuv420p,
drawtext=fontfile=$FONT:fontcolor=white:fontsize=h/7:x=(w-tw)/2:y=h*0.61:
box=1:boxcolor=black:boxborderw=$((height / 45)):text='$clock'
END
}

# A quiet tone with a higher beep on each second.
tone="sine=frequency=330:beep_factor=2:sample_rate=48000,volume=0.6,afade=in:d=0.2,afade=out:st=$((SECONDS_LONG - 1)):d=1"

# No B-frames: pictures are stored in the order in which they are shown, so cutting shifts no time.
encode() {
  local name=$1 width=$2 height=$3
  ffmpeg "${QUIET[@]}" -f lavfi -i "$(picture "$width" "$height")" -f lavfi -i "$tone" \
    -t "$SECONDS_LONG" "${EXACT[@]}" \
    -c:v libx264 -profile:v main -preset veryslow -crf 20 \
    -bf 0 -g $((RATE * SEGMENT)) -keyint_min $((RATE * SEGMENT)) -sc_threshold 0 \
    -c:a aac -b:a 48k -ac 1 -movflags +faststart "mp4/$name.mp4"
}

# The pictures of both files and the sound of one, cut into segments without encoding anew.
stream() {
  ffmpeg "${QUIET[@]}" -i mp4/low.mp4 -i mp4/high.mp4 -map 0:v -map 1:v -map 1:a -c copy "${EXACT[@]}" \
    -f dash -seg_duration "$SEGMENT" -use_timeline 1 -use_template 1 \
    -adaptation_sets 'id=0,streams=v id=1,streams=a' \
    -init_seg_name 'init-$RepresentationID$.mp4' -media_seg_name 'part-$RepresentationID$-$Number$.m4s' \
    -hls_playlist 1 -hls_master_name master.m3u8 stream/manifest.mpd
  # When the segments were cut is nobody's business, and other bytes in each run.
  sed -i '/^#EXT-X-PROGRAM-DATE-TIME/d' stream/media_*.m3u8
}

# One frame, a second and a bit after the start.
image() {
  local name=$1 width=$2 height=$3
  mkdir -p "images/${width}x${height}"
  ffmpeg "${QUIET[@]}" -f lavfi -i "$(picture 1280 720)" -ss 1.36 -frames:v 1 "${EXACT[@]}" \
    -vf "scale=$width:$height" -q:v 4 "images/${width}x${height}/$name.jpg"
}

captions() {
  cat > captions/en.vtt <<'END'
WEBVTT

00:00.500 --> 00:02.500
These are colour bars.

00:03.000 --> 00:05.000
The disc fills once in each segment of two seconds.

00:05.500 --> 00:07.500
The clock says how long this has been playing.
END
}

rm -rf mp4 stream images captions
mkdir -p mp4 stream captions
encode low 320 180
encode high 640 360
stream
image poster 1280 720
image thumbnail 160 90
captions
# Everything decodes, without a complaint.
for file in mp4/low.mp4 mp4/high.mp4 stream/master.m3u8 stream/manifest.mpd; do
  ffmpeg "${QUIET[@]}" -xerror -i "$PWD/$file" -map 0 -f null -
done
du -cb mp4/* stream/* images/*/* captions/* | tail -n 1
