//! Which addresses may be connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far a door leads. What somebody else names (an address in a document) must not lead to what only
/// this machine or this network can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Addresses of the public internet only.
    Public,
    /// Private networks too (RFC 1918, RFC 4193, RFC 6598): the sign-in provider of a hospital.
    Inside,
    /// The own machine too, there also without TLS.
    OwnMachine,
}

impl Reach {
    /// Whether this address may be connected to. Never: link-local addresses, where clouds hand out
    /// the keys of a machine, and addresses that are no single machine's.
    pub fn includes(self, address: IpAddr) -> bool {
        let needed = match inner(address) {
            IpAddr::V4(address) => v4(address),
            IpAddr::V6(address) => v6(address),
        };
        needed.is_some_and(|needed| self >= needed)
    }
}

/// The address itself where it is written into another (RFC 4291 section 2.5.5.2, RFC 6052, RFC 3056).
fn inner(address: IpAddr) -> IpAddr {
    let IpAddr::V6(outer) = address.to_canonical() else { return address.to_canonical() };
    let bits = outer.to_bits();
    let low = |bits: u128| IpAddr::V4(Ipv4Addr::from_bits(bits as u32));
    if bits >> 32 == 0x0064_ff9b_0000_0000_0000_0000 {
        low(bits)
    } else if bits >> 112 == 0x2002 {
        low(bits >> 80)
    } else {
        IpAddr::V6(outer)
    }
}

/// The least reach that includes an address; none that no reach includes.
fn v4(address: Ipv4Addr) -> Option<Reach> {
    let [a, b, ..] = address.octets();
    if address.is_loopback() {
        Some(Reach::OwnMachine)
    } else if address.is_link_local() || a == 0 || a >= 224 {
        None
    } else if address.is_private() || (a == 100 && b & 0xc0 == 64) {
        Some(Reach::Inside)
    } else {
        Some(Reach::Public)
    }
}

fn v6(address: Ipv6Addr) -> Option<Reach> {
    if address.is_loopback() {
        Some(Reach::OwnMachine)
    } else if address.is_unique_local() {
        Some(Reach::Inside)
    } else if address.segments()[0] & 0xe000 == 0x2000 {
        Some(Reach::Public) // the only block that is given out (RFC 4291 section 2.5.4)
    } else {
        None
    }
}
