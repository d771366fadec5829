//! Language tags (BCP 47), as far as advisories need them: language, script, region.

/// Languages of two letters in the IANA registry of subtags (as of November 2026), without those it calls
/// deprecated.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da \
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik \
    io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms \
    mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm \
    sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// Countries (ISO 3166-1) in the same registry.
const REGIONS: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR \
    BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES \
    ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN \
    IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG \
    MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL \
    PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF \
    TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Scripts that tell languages apart.
const SCRIPTS: &str = "Arab Cyrl Hans Hant Latn";

/// Whether this is a tag of the kind `de`, `de-AT` or `zh-Hans-CN`, in the usual case.
pub(crate) fn is_known(tag: &str) -> bool {
    let among = |list: &str, part: &str| list.split_ascii_whitespace().any(|known| known == part);
    let mut parts = tag.split('-').peekable();
    let language = parts.next().is_some_and(|part| among(LANGUAGES, part));
    parts.next_if(|part| among(SCRIPTS, part));
    parts.next_if(|part| among(REGIONS, part));
    language && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::is_known;

    #[test]
    fn languages_are_known_with_script_and_region() {
        for tag in ["en", "de-AT", "zh-Hans", "zh-Hant-TW", "sr-Latn-RS"] {
            assert!(is_known(tag), "{tag}");
        }
        for tag in
            ["", "EN", "xx", "en-", "en-us", "en-ZZ", "en US", "de-AT-AT", "i-default", "x-a"]
        {
            assert!(!is_known(tag), "{tag}");
        }
    }
}
