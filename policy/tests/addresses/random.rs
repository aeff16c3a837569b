//! Long lists of networks as somebody may paste them together, and addresses near and far.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::{
    cidr::{Cidr, after, before, borders, flipped, width},
    dice::Dice,
};

/// Networks of both families, in no order: some anywhere, others within, around, beside or equal to
/// one that is there already, and many single addresses.
pub(crate) fn cidrs(count: usize, dice: &mut Dice) -> Vec<Cidr> {
    let mut cidrs: Vec<Cidr> = Vec::with_capacity(count);
    while cidrs.len() < count {
        let near = match cidrs.is_empty() {
            true => anywhere(dice),
            false => dice.pick(&cidrs),
        };
        cidrs.extend(match dice.below(16) {
            0..=3 => Some(anywhere(dice)),
            4..=6 => Some(host(address(dice))),
            7..=8 => Some(within(near, dice)),
            9 => Some(around(near, dice)),
            10..=11 => beside(near, after(near.last())),
            12..=13 => beside(near, before(near.first())),
            14 => Some(near),
            _ => Some(host(address_in(near, dice))),
        });
    }
    dice.shuffle(&mut cidrs);
    cidrs
}

/// Addresses to try: the borders of some networks, addresses that differ in one bit from one of
/// these, and any.
pub(crate) fn addresses(cidrs: &[Cidr], samples: usize, dice: &mut Dice) -> Vec<IpAddr> {
    let mut addresses = Vec::new();
    for _ in 0..samples {
        let cidr = dice.pick(cidrs);
        addresses.extend(borders(cidr.first(), cidr.last()));
        let inside = address_in(cidr, dice);
        let at = dice.below(usize::from(width(inside)));
        addresses.push(flipped(inside, at as u8));
        addresses.push(address(dice));
    }
    addresses
}

fn address(dice: &mut Dice) -> IpAddr {
    match dice.below(2) {
        0 => Ipv4Addr::from_bits(dice.bits() as u32).into(),
        _ => {
            let low = u128::from(dice.bits());
            let any = u128::from(dice.bits()) << 64 | low;
            // Global unicast, where half the registries' blocks lie: so that some meet.
            let global = any >> 3 | 0b001 << 125;
            Ipv6Addr::from_bits(global).into()
        }
    }
}

/// Long enough that all together leave much of the space free.
fn anywhere(dice: &mut Dice) -> Cidr {
    let address = address(dice);
    let prefix_len = match address {
        IpAddr::V4(_) => 14 + dice.below(18),
        IpAddr::V6(_) => 16 + dice.below(112),
    };
    Cidr {
        address,
        prefix_len: prefix_len as u8,
    }
}

fn host(address: IpAddr) -> Cidr {
    Cidr {
        address,
        prefix_len: width(address),
    }
}

fn within(cidr: Cidr, dice: &mut Dice) -> Cidr {
    let left = usize::from(width(cidr.address) - cidr.prefix_len);
    Cidr {
        address: address_in(cidr, dice),
        prefix_len: cidr.prefix_len + dice.below(left + 1) as u8,
    }
}

fn around(cidr: Cidr, dice: &mut Dice) -> Cidr {
    let shorter = cidr.prefix_len - 1 - dice.below(3) as u8;
    Cidr {
        prefix_len: shorter.max(14),
        ..cidr
    }
}

/// A network of the same length, of which the address next door is one.
fn beside(cidr: Cidr, next_door: Option<IpAddr>) -> Option<Cidr> {
    let address = next_door?;
    Some(Cidr { address, ..cidr })
}

fn address_in(cidr: Cidr, dice: &mut Dice) -> IpAddr {
    (cidr.prefix_len..width(cidr.address)).fold(cidr.address, |address, at| match dice.below(2) {
        0 => address,
        _ => flipped(address, at),
    })
}
