//! From the name of a compiled function to the crate it comes from.

use rustc_demangle::try_demangle;

/// The path that a function belongs to, such as `rsa::key::verify`. A method of a trait belongs to
/// the type, unless that is a parameter or built in: then to the trait.
///
/// `None` where the name is not one of Rust's.
pub(super) fn path(symbol: &str) -> Option<String> {
    // `#`: without the hash that tells versions of a crate apart.
    let name = format!("{:#}", try_demangle(symbol).ok()?);
    first_path(&name).map(str::to_owned)
}

/// The crate of a path.
pub(super) fn crate_of(path: &str) -> &str {
    path.split_once("::").map_or(path, |(first, _)| first)
}

/// The first path in a name: of `<&[T] as a::Trait>::method` it is `a::Trait`, since neither slices
/// nor parameters belong to anybody.
fn first_path(name: &str) -> Option<&str> {
    let is_in_path = |c: char| c.is_alphanumeric() || "_:$.".contains(c);
    name.split(|c| !is_in_path(c))
        .map(|word| word.trim_matches(':'))
        .find(|word| word.contains("::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(symbol: &str, want: Option<&str>) {
        let path = path(symbol);
        assert_eq!(path.as_deref().map(crate_of), want, "{symbol}: {path:?}");
    }

    #[test]
    fn function_belongs_to_the_crate_it_is_written_in() {
        check("_ZN3rsa3key6verify17h0123456789abcdefE", Some("rsa"));
        check(
            "_ZN5alloc7raw_vec20RawVecInner$LT$A$GT$7reserve21do_reserve_and_handle17h8f157f32421857d5E",
            Some("alloc"),
        );
        check(
            "_RINvMs4_NtCs2kjvQCMe1G1_14rustc_demangle2v0NtB6_7Printer14print_sep_listNCNvB2_11print_consts1_0EB8_",
            Some("rustc_demangle"),
        );
    }

    #[test]
    fn method_of_a_trait_belongs_to_the_type() {
        check(
            "_ZN55_$LT$sec1..error..Error$u20$as$u20$core..fmt..Debug$GT$3fmt17hf99b0f21e1365883E",
            Some("sec1"),
        );
        check(
            "_ZN109_$LT$$RF$curve25519_dalek..backend..serial..u32..field..FieldElement2625$u20$as$u20$core..ops..arith..Mul$GT$3mul17h5173d84b1536ac54E",
            Some("curve25519_dalek"),
        );
        check(
            "_RNvXsZ_NtCsi9YzqDQQz2q_5alloc6stringNtB5_6StringNtNtCsdHhIpgkcIfN_4core3fmt5Write10write_char",
            Some("alloc"),
        );
    }

    #[test]
    fn method_on_a_type_of_nobodys_belongs_to_the_trait() {
        check(
            "_ZN43_$LT$T$u20$as$u20$downcast_rs..Downcast$GT$8into_any17he9d7000da30b16c9E",
            Some("downcast_rs"),
        );
        check(
            "_ZN61_$LT$$RF$$u5b$u8$u5d$$u20$as$u20$serde_core..de..Expected$GT$3fmt17h3c7d69164df50d39E",
            Some("serde_core"),
        );
    }

    #[test]
    fn a_name_of_another_language_has_no_crate() {
        for symbol in ["memcpy", "writev", "__wasm_call_ctors", ""] {
            check(symbol, None);
        }
    }
}
