use super::*;

fn country(letters: &str) -> Country {
    Country::parse(letters).unwrap()
}

fn phone(text: &str) -> Phone {
    Phone::parse(text, None).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn a_number_is_read_as_people_write_it() {
    for (text, dialled_in, read) in [
        ("+8613800138000", "", "+8613800138000"),
        ("+86 138-0013 8000", "", "+8613800138000"),
        ("  +44 (0)20 7946 0123 ", "", "+442079460123"),
        ("008613800138000", "", "+8613800138000"),
        ("01185291234567", "", "+85291234567"),
        ("138 0013 8000", "CN", "+8613800138000"),
        ("0755-8888 0000", "CN", "+8675588880000"),
        ("010 6552 9988", "CN", "+861065529988"),
        ("8613800138000", "CN", "+8613800138000"),
        ("0085291234567", "CN", "+85291234567"),
        ("9123 4567", "HK", "+85291234567"),
        ("001 86 138 0013 8000", "HK", "+8613800138000"),
        ("00 1 213 373 4253", "HK", "+12133734253"),
        ("090-1234-5678", "JP", "+819012345678"),
        ("03-5555-1234", "JP", "+81355551234"),
        ("010 86 138 0013 8000", "JP", "+8613800138000"),
        ("0119999999", "JP", "+81119999999"),
        ("(213) 373-4253", "US", "+12133734253"),
        ("1 213 373 4253", "US", "+12133734253"),
        ("011 86 13800138000", "US", "+8613800138000"),
        ("020 7946 0123", "GB", "+442079460123"),
        ("03 0000 1234", "JP", "+81300001234"),
        ("010 0000 1234", "CN", "+861000001234"),
        ("95588", "CN", "+8695588"),
        ("911", "US", "+1911"),
    ] {
        assert_eq!(Phone::parse(text, Country::parse(dialled_in)).map(String::from), Some(read.to_owned()), "{text}");
    }
}

#[test]
fn what_is_no_number_is_not_read() {
    for text in ["", "+", "anonymous", "+86abc", "13800138000", "+0138001380", "+1234567890123456", "++8613800138000"] {
        assert_eq!(Phone::parse(text, None), None, "{text}");
    }
    for text in ["", "1", "12", "sip:agent", "138001380001380013"] {
        assert_eq!(Phone::parse(text, Some(country("CN"))), None, "{text}");
    }
}

#[test]
fn a_number_is_stored_as_text_and_bad_text_is_an_error() {
    let stored = serde_json::to_string(&phone("+86 138 0013 8000")).unwrap();
    assert_eq!(stored, "\"+8613800138000\"");
    assert_eq!(serde_json::from_str::<Phone>(&stored).unwrap(), phone("+8613800138000"));
    let error = serde_json::from_str::<Phone>("\"13800138000\"").unwrap_err().to_string();
    assert!(error.contains("13800138000") && error.contains("write it like"), "{error}");
    assert!(serde_json::from_str::<Country>("\"China\"").is_err());
    assert_eq!(serde_json::to_string(&country("cn")).unwrap(), "\"CN\"");
}

#[test]
fn a_masked_number_shows_the_country_and_the_last_digits() {
    for (text, masked) in [
        ("+8613800138000", "+86 *** **** 8000"),
        ("+85291234567", "+852 **** 4567"),
        ("+12133734253", "+1 *** *** 4253"),
        ("+819012345678", "+81 *** *** 5678"),
        ("+8695588", "+86 *** 88"),
        ("+1911", "+1 ** 1"),
    ] {
        assert_eq!(phone(text).masked(), masked);
    }
}

#[test]
fn every_class_is_told_from_the_number() {
    use Class::*;
    for (class, numbers) in [
        (
            Ordinary,
            "+8613800138000 +8616612345678 +8616512345678 +8616712345678 +8619912345678 +8614712345678 \
             +861065529988 +8675588880000 +862088880000 +869516012345 +85291234567 +85223456789 +819012345678 \
             +81355551234 +81455551234 +815012345678 +12133734253 +442071838750 +447400123456 \
             +6591234567 +886912345678 +85366123456 +821012345678 +61412345678",
        ),
        (
            Fiction,
            "+12135550100 +14165550199 +15550000000 +15559999999 +447700900123 +442079460999 +61491570006 \
             +861000001234 +85200001234 +81300001234",
        ),
        (TollFree, "+868001234567 +81120123456 +818001234567 +18007233456 +18887233456 +80012340000"),
        (SharedCost, "+864001234567 +81570123456 +80812345678"),
        (Premium, "+81990123456 +19002345678 +12139761234 +97912345678 +611900123456 +449098790123"),
        (Information, "+8616812345 +86160123 +861016812345 +81180123456 +12135551212 +1411"),
        (Machine, "+8614001234567 +8614412345678 +8614112345678 +861064712345678 +812001234567"),
        (Pager, "+812041234567"),
        (Satellite, "+870773123456 +881612345678 +88213123456 +883510012345 +8613491234567 +8617401234567"),
        (ShortCode, "+8695588 +8696110 +8612345 +8610086 +8675595588 +81117 +12134111234 +85218508"),
        (Emergency, "+86110 +86120 +81110 +81118 +81119 +1911 +852999"),
        (HighCost, "+18767123456 +18092201111 +18292201111 +12842291234 +14732691234"),
        (Invalid, "+861112345678 +85211111111 +99912345678 +11234567890 +266696687 +121337342530"),
    ] {
        for number in numbers.split_whitespace() {
            assert_eq!(phone(number).class(), class, "{number}");
        }
    }
}

#[test]
fn a_line_rings_ordinary_numbers_of_its_countries_only() {
    let line = [country("CN"), country("HK")];
    assert_eq!(phone("+8613800138000").may_ring(&line, false), Ok(()));
    assert_eq!(phone("+85291234567").may_ring(&line, false), Ok(()));
    assert_eq!(phone("+819012345678").may_ring(&line, false), Err(NotCallable::Country(country("JP"))));
    assert_eq!(phone("+864001234567").may_ring(&line, true), Err(NotCallable::Class(Class::SharedCost)));
    assert_eq!(phone("+8613800138000").may_ring(&[], false), Err(NotCallable::Country(country("CN"))));
    assert_eq!(phone("+870773123456").may_ring(&line, true), Err(NotCallable::Class(Class::Satellite)));
    let caribbean = [country("JM"), country("US")];
    assert_eq!(phone("+18767123456").may_ring(&caribbean, false), Err(NotCallable::Class(Class::HighCost)));
}

#[test]
fn numbers_of_fiction_pass_only_where_they_count() {
    for number in ["+12135550100", "+15551234567", "+447700900123", "+861000001234", "+85200001234", "+81300001234"] {
        assert_eq!(phone(number).may_ring(&[country("CN")], true), Ok(()), "{number}");
        let whole_world = ["US", "GB", "CN", "HK", "JP"].map(country);
        assert_eq!(phone(number).may_ring(&whole_world, false), Err(NotCallable::Class(Class::Fiction)), "{number}");
    }
}

#[test]
fn the_country_and_its_clocks_come_from_the_number() {
    for (number, letters, zones) in [
        ("+8613800138000", "CN", &["Asia/Shanghai"][..]),
        ("+861000001234", "CN", &["Asia/Shanghai"]),
        ("+85200001234", "HK", &["Asia/Hong_Kong"]),
        ("+819012345678", "JP", &["Asia/Tokyo"]),
        ("+12133734253", "US", &["America/New_York", "America/Los_Angeles"]),
        ("+14162345678", "CA", &["America/New_York", "America/Los_Angeles"]),
        ("+18082345678", "US", &["Pacific/Honolulu"]),
        ("+15551234567", "US", &["America/New_York", "America/Los_Angeles"]),
        ("+447400123456", "GB", &["Europe/London"]),
        ("+447700900123", "GB", &["Europe/London"]),
    ] {
        assert_eq!(phone(number).country(), Some(country(letters)), "{number}");
        assert_eq!(phone(number).calling_zones(), Some(zones), "{number}");
    }
    assert_eq!(phone("+18767123456").country(), Some(country("JM")));
    assert_eq!(phone("+870773123456").country(), None);
    assert_eq!(phone("+74951234567").calling_zones(), None);
}

#[test]
fn every_zone_named_exists() {
    for letters in ["CN", "HK", "MO", "TW", "JP", "KR", "SG", "MY", "TH", "VN", "PH", "ID", "IN", "AE", "AU", "NZ"] {
        let zones = country(letters).zones().unwrap();
        assert!(zones.iter().all(|zone| jiff::tz::TimeZone::get(zone).is_ok()), "{letters}");
    }
    for area in ["808", "907", "709", "902", "787", "213"] {
        let zones = phone(&format!("+1{area}2345678")).calling_zones().unwrap();
        assert!(zones.iter().all(|zone| jiff::tz::TimeZone::get(zone).is_ok()), "{area}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused_and_what_is_read_reads_back(text in "[+0-9 ()x-]{0,22}") {
        for dialled_in in [None, Country::parse("CN"), Country::parse("US"), Country::parse("HK")] {
            if let Some(phone) = Phone::parse(&text, dialled_in) {
                proptest::prop_assert_eq!(Phone::parse(phone.as_str(), None), Some(phone.clone()));
                proptest::prop_assert!(phone.as_str().len() <= 16);
                let digits: String = phone.spoken().groups.concat();
                proptest::prop_assert!(phone.as_str().ends_with(digits.trim_start_matches('0')));
                let ordinary = phone.class() == Class::Ordinary;
                let home = phone.country().map(|c| [c]).unwrap_or([country("CN")]);
                proptest::prop_assert_eq!(phone.may_ring(&home, false).is_ok(), ordinary && phone.country().is_some());
            }
        }
    }
}

#[test]
fn a_line_texts_mobiles_of_its_countries_and_nothing_else() {
    let countries = [country("CN"), country("HK"), country("US")];
    for mobile in ["+8613800138000", "+85291234567", "+12133734253"] {
        assert_eq!(phone(mobile).may_text(&countries, false), Ok(()), "{mobile}");
    }
    for fixed in ["+8675588880000", "+85221234567"] {
        assert_eq!(phone(fixed).may_ring(&countries, false), Ok(()), "{fixed}");
        assert_eq!(phone(fixed).may_text(&countries, false), Err(NotCallable::NotMobile), "{fixed}");
    }
    assert_eq!(phone("+819012345678").may_text(&countries, false), Err(NotCallable::Country(country("JP"))));
    assert_eq!(phone("+8614412345678").may_text(&countries, false), Err(NotCallable::Class(Class::Machine)));
    let fiction = phone("+861000001234");
    assert_eq!(fiction.may_text(&countries, true), Ok(()));
    assert_eq!(fiction.may_text(&countries, false), Err(NotCallable::Class(Class::Fiction)));
}
