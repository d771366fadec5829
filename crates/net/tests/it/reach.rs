use aftercare_net::Reach;
use std::net::IpAddr;

#[test]
fn each_reach_includes_its_own_addresses_and_none_beyond() {
    use Reach::{Inside, OwnMachine, Public};
    let table = [
        ("93.184.215.14", Some(Public)),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", Some(Public)),
        ("64:ff9b::93.184.215.14", Some(Public)),
        ("10.1.2.3", Some(Inside)),
        ("172.16.0.1", Some(Inside)),
        ("172.31.255.255", Some(Inside)),
        ("172.32.0.1", Some(Public)),
        ("192.168.0.1", Some(Inside)),
        ("100.64.0.1", Some(Inside)),
        ("100.128.0.1", Some(Public)),
        ("fd00::1", Some(Inside)),
        ("::ffff:10.1.2.3", Some(Inside)),
        ("64:ff9b::10.1.2.3", Some(Inside)),
        ("2002:a01:203::", Some(Inside)),
        ("127.0.0.1", Some(OwnMachine)),
        ("127.9.9.9", Some(OwnMachine)),
        ("::1", Some(OwnMachine)),
        ("::ffff:127.0.0.1", Some(OwnMachine)),
        ("64:ff9b::7f00:1", Some(OwnMachine)),
        ("169.254.169.254", None),
        ("fe80::1", None),
        ("::ffff:169.254.169.254", None),
        ("0.0.0.0", None),
        ("::", None),
        ("224.0.0.1", None),
        ("255.255.255.255", None),
        ("ff02::1", None),
        ("::7f00:1", None),
    ];
    for (text, least) in table {
        let address: IpAddr = text.parse().expect("an address");
        for reach in [Public, Inside, OwnMachine] {
            let included = least.is_some_and(|least| reach >= least);
            assert_eq!(reach.includes(address), included, "{text} from {reach:?}");
        }
    }
}
