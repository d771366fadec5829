use crate::noon_plus;
use aftercare_signin::throttle::{
    Attempt, Counted, Decision, GUARDED_AFTER, Key, Limit, Source, Throttle, Verdict, weigh,
    weigh_code,
};
use aftercare_vocab::{digest::Digest, instant::Instant};
use std::collections::HashMap;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// What a server keeps, and nothing else.
#[derive(Default)]
struct Server(HashMap<Digest, Throttle>);

/// Where somebody tries from.
#[derive(Clone, Copy)]
struct From {
    source: &'static str,
    device: Option<Digest>,
}

const OWNER_AT_HOME: From = From { source: "203.0.113.9", device: None };
const ATTACKER: From = From { source: "198.51.100.66", device: None };

fn owners_browser() -> From {
    From { source: "198.51.100.66", device: Some(Digest::of(b"the owner's browser")) }
}

impl Server {
    fn state(&self, key: Key<'_>) -> Throttle {
        self.0.get(&key.digest()).copied().unwrap_or_default()
    }

    fn attempt(&self, account: &str, from: From) -> Attempt {
        let source = Source::from(from.source.parse::<std::net::IpAddr>().expect("an address"));
        match from.device {
            Some(device) => Attempt::Known { device: self.state(Key::Device(device)) },
            None => Attempt::Unknown {
                pair: self.state(Key::Pair(account, source)),
                source: self.state(Key::Source(source)),
                account: self.state(Key::Account(account)),
            },
        }
    }

    fn keep(&mut self, account: &str, from: From, attempt: Attempt) {
        let source = Source::from(from.source.parse::<std::net::IpAddr>().expect("an address"));
        let mut put = |key: Key<'_>, state| self.0.insert(key.digest(), state);
        match attempt {
            Attempt::Known { device } => {
                put(Key::Device(from.device.expect("known")), device);
            }
            Attempt::Unknown { pair, source: network, account: whole } => {
                put(Key::Pair(account, source), pair);
                put(Key::Source(source), network);
                put(Key::Account(account), whole);
            }
        }
    }

    /// Weighs a try and counts it.
    fn tries(&mut self, account: &str, from: From, now: Instant) -> Verdict {
        let verdict = weigh(&self.attempt(account, from), now);
        if let Verdict::Try { counted: Counted(attempt), .. } = verdict {
            self.keep(account, from, attempt);
        }
        verdict
    }

    /// A try with the right password and all factors.
    fn signs_in(&mut self, account: &str, from: From, now: Instant) {
        match weigh(&self.attempt(account, from), now) {
            Verdict::Try { counted, .. } => self.keep(account, from, counted.succeeded()),
            Verdict::Wait(until) => panic!("must wait until {until}"),
        }
    }

    /// As many tries as are let through between two instants, one a second.
    fn guesses(&mut self, account: &str, from: From, seconds: std::ops::Range<i64>) -> u32 {
        let tried = |server: &mut Self, s| server.tries(account, from, noon_plus(s));
        seconds.filter(|s| matches!(tried(self, *s), Verdict::Try { .. })).count() as u32
    }
}

#[test]
fn waits_double_and_end_at_the_longest() {
    let table = [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (10, 32), (14, 512), (15, 900), (60, 900)];
    for (failures, wait) in table {
        let mut state = Throttle::default();
        let mut now = noon_plus(0);
        for _ in 0..failures {
            match state.decide(&Limit::PAIR, now) {
                Decision::Allowed(next) => state = next,
                Decision::Wait(until) => {
                    now = until;
                    let Decision::Allowed(next) = state.decide(&Limit::PAIR, now) else {
                        panic!("the wait was over")
                    };
                    state = next;
                }
            }
        }
        let expected = now.plus_micros(wait * 1_000_000);
        match state.decide(&Limit::PAIR, now) {
            Decision::Allowed(_) => assert_eq!(wait, 0, "after {failures} failures"),
            Decision::Wait(until) => assert_eq!(until, expected, "after {failures} failures"),
        }
    }
}

#[test]
fn a_guesser_gets_few_tries_in_an_hour_and_in_a_day() {
    let mut server = Server::default();
    let hour = server.guesses("anna", ATTACKER, 0..HOUR);
    assert!((10..=20).contains(&hour), "{hour} tries in an hour");
    let day = server.guesses("anna", ATTACKER, HOUR..DAY);
    assert!(day <= 100, "{day} tries in the rest of the day");
}

#[test]
fn many_accounts_from_one_network_are_no_way_around() {
    let mut server = Server::default();
    let logins: Vec<String> = (0..5_000).map(|n| format!("login{n}")).collect();
    let tried = logins
        .iter()
        .zip(0..)
        .filter(|(login, second)| {
            matches!(server.tries(login, ATTACKER, noon_plus(*second)), Verdict::Try { .. })
        })
        .count();
    // Fifty at once, then about one a minute.
    assert!(tried < 150, "{tried} of 5,000 logins were tried in 83 minutes");
}

#[test]
fn the_owner_cannot_be_locked_out_of_the_own_browser() {
    let mut server = Server::default();
    server.guesses("anna", ATTACKER, 0..DAY);
    // Even from the very same address, as behind the router of a hospital.
    let verdict = server.tries("anna", owners_browser(), noon_plus(DAY));
    assert!(matches!(verdict, Verdict::Try { password_suffices: true, .. }), "{verdict:?}");
}

#[test]
fn the_owner_is_let_try_from_another_network() {
    let mut server = Server::default();
    server.guesses("anna", ATTACKER, 0..HOUR);
    let verdict = server.tries("anna", OWNER_AT_HOME, noon_plus(HOUR));
    assert!(matches!(verdict, Verdict::Try { password_suffices: true, .. }), "{verdict:?}");
}

#[test]
fn a_thousand_networks_find_no_password_that_suffices_alone() {
    let mut server = Server::default();
    let mut alone = 0;
    for n in 0..1_000_u32 {
        let source: &'static str =
            Box::leak(format!("10.0.{}.{}", n / 250, n % 250).into_boxed_str());
        let from = From { source, device: None };
        if let Verdict::Try { password_suffices: true, .. } =
            server.tries("anna", from, noon_plus(n.into()))
        {
            alone += 1;
        }
    }
    assert_eq!(alone, GUARDED_AFTER, "SP 800-63B-4 allows 100 in a row");
    // The owner still comes in: in the own browser by the password, elsewhere with a second factor.
    let own = server.tries("anna", owners_browser(), noon_plus(1_000));
    assert!(matches!(own, Verdict::Try { password_suffices: true, .. }));
    let elsewhere = server.tries("anna", OWNER_AT_HOME, noon_plus(1_000));
    assert!(matches!(elsewhere, Verdict::Try { password_suffices: false, .. }));
    server.signs_in("anna", OWNER_AT_HOME, noon_plus(1_001));
    let after = server.tries("anna", OWNER_AT_HOME, noon_plus(1_002));
    assert!(matches!(after, Verdict::Try { password_suffices: true, .. }), "the row is broken");
}

#[test]
fn an_account_of_ones_own_washes_no_guesses_away() {
    let mut server = Server::default();
    let mut tried = 0;
    for second in 0..HOUR {
        if second % 2 == 0 {
            let own = weigh(&server.attempt("mallory", ATTACKER), noon_plus(second));
            if matches!(own, Verdict::Try { .. }) {
                server.signs_in("mallory", ATTACKER, noon_plus(second));
            }
        } else if let Verdict::Try { .. } =
            server.tries(&format!("login{second}"), ATTACKER, noon_plus(second))
        {
            tried += 1;
        }
    }
    assert!(tried <= 130, "{tried} logins were tried in an hour");
}

#[test]
fn many_tries_at_once_are_counted_before_they_are_tried() {
    let mut server = Server::default();
    // All in the same instant: none has failed yet when the next comes.
    let tried = (0..1_000)
        .filter(|_| matches!(server.tries("anna", ATTACKER, noon_plus(0)), Verdict::Try { .. }))
        .count();
    assert_eq!(tried, 5);
}

#[test]
fn a_stolen_device_cookie_buys_few_guesses() {
    let mut server = Server::default();
    let thief = From { source: "192.0.2.1", ..owners_browser() };
    let day = server.guesses("anna", thief, 0..DAY);
    assert!(day < 350, "{day} tries in a day");
}

#[test]
fn the_six_digits_of_a_second_factor_are_not_guessed_in_a_day() {
    let mut state = Throttle::default();
    let mut tried = 0;
    for second in 0..DAY {
        if let Decision::Allowed(next) = weigh_code(&state, false, noon_plus(second)) {
            (state, tried) = (next, tried + 1);
        }
    }
    assert!(tried < 50, "{tried} codes in a day");
}

#[test]
fn typing_errors_of_a_morning_are_forgiven_by_the_evening() {
    let mut server = Server::default();
    assert_eq!(server.guesses("anna", OWNER_AT_HOME, 0..4), 4);
    let state = server.state(Key::Account("anna"));
    assert!(!state.is_forgotten(&Limit::ACCOUNT, noon_plus(HOUR)));
    let source = Source::from("203.0.113.9".parse::<std::net::IpAddr>().expect("an address"));
    let pair = server.state(Key::Pair("anna", source));
    assert!(!pair.is_forgotten(&Limit::PAIR, noon_plus(3 * HOUR)));
    assert!(pair.is_forgotten(&Limit::PAIR, noon_plus(4 * HOUR + 4)));
}

#[test]
fn a_clock_that_was_set_back_lengthens_no_wait() {
    let mut server = Server::default();
    server.guesses("anna", ATTACKER, 0..HOUR);
    let Verdict::Wait(until) = server.tries("anna", ATTACKER, noon_plus(-10 * DAY)) else {
        panic!("still a guesser")
    };
    assert!(until <= noon_plus(-10 * DAY + 15 * MINUTE), "{until}");
}

#[test]
fn nothing_overflows_at_the_ends_of_time_and_count() {
    let worst: Throttle = serde_json::from_value(serde_json::json!({
        "failures": u32::MAX, "last": Instant::from_micros(0)
    }))
    .expect("a state");
    for now in [i64::MIN, 0, 1, i64::MAX] {
        let now = Instant::from_micros(now);
        for limit in [&Limit::DEVICE, &Limit::PAIR, &Limit::SOURCE, &Limit::ACCOUNT, &Limit::CODE] {
            let _ = worst.decide(limit, now);
        }
    }
}

#[test]
fn a_state_is_kept_as_plain_text() {
    let mut server = Server::default();
    server.tries("anna", ATTACKER, noon_plus(0));
    let state = server.state(Key::Account("anna"));
    let text = serde_json::to_string(&state).expect("text");
    assert_eq!(text, r#"{"failures":1,"last":"2026-11-25T12:00:00Z"}"#);
    assert_eq!(serde_json::from_str::<Throttle>(&text).expect("read"), state);
}

#[test]
fn one_customer_s_ipv6_addresses_are_one_network() {
    let source = |text: &str| Source::from(text.parse::<std::net::IpAddr>().expect("an address"));
    assert_eq!(source("2001:db8:1:2:3:4:5:6"), source("2001:db8:1:2:ffff::1"));
    assert_ne!(source("2001:db8:1:2::1"), source("2001:db8:1:3::1"));
    assert_eq!(source("::ffff:203.0.113.9"), source("203.0.113.9"));
    assert_ne!(source("203.0.113.9"), source("203.0.113.10"));
}

#[test]
fn what_is_kept_names_no_login_and_no_address_and_none_is_another_s() {
    let source = Source::from("203.0.113.9".parse::<std::net::IpAddr>().expect("an address"));
    let keys = [
        Key::Pair("anna", source),
        Key::Source(source),
        Key::Account("anna"),
        Key::Code("anna"),
        Key::Account(""),
        Key::Device(Digest::of(b"anna")),
    ]
    .map(|key| key.digest());
    for (n, key) in keys.iter().enumerate() {
        assert!(keys[n + 1..].iter().all(|other| other != key));
    }
}
