use super::*;

const EN: Lang = Lang::EnUs;

#[test]
fn digits_are_words_in_groups() {
    check(
        EN,
        How::Digits,
        text,
        &[
            ("0123456789", "zero one two, three four five, six seven eight nine"),
            ("10001001", "one zero zero zero, one zero zero one"),
            ("AB-12", "AB, one two"),
            ("", ""),
        ],
    );
}

#[test]
fn counts_are_american() {
    check(
        EN,
        How::Count,
        number,
        &[
            ("0", "zero"),
            ("1", "one"),
            ("13", "thirteen"),
            ("20", "twenty"),
            ("42", "forty-two"),
            ("100", "one hundred"),
            ("105", "one hundred five"),
            ("1000", "one thousand"),
            ("12345", "twelve thousand three hundred forty-five"),
            ("1000001", "one million one"),
            ("-9", "minus nine"),
        ],
    );
}

#[test]
fn amounts_have_two_parts_and_an_and_between() {
    check(
        EN,
        How::Money,
        money,
        &[
            ("128.50 CNY", "one hundred twenty-eight yuan and fifty fen"),
            ("128 CNY", "one hundred twenty-eight yuan"),
            ("1 USD", "one dollar"),
            ("1.01 USD", "one dollar and one cent"),
            ("2.50 USD", "two dollars and fifty cents"),
            ("0.99 USD", "ninety-nine cents"),
            ("0 USD", "zero dollars"),
            ("-20 USD", "minus twenty dollars"),
            ("5000 JPY", "five thousand yen"),
            ("0 JPY", "zero yen"),
            ("1 HKD", "one Hong Kong dollar"),
            ("128.50 HKD", "one hundred twenty-eight Hong Kong dollars and fifty cents"),
            (
                "1234567.89 USD",
                "one million two hundred thirty-four thousand five hundred sixty-seven dollars and eighty-nine cents",
            ),
        ],
    );
}

#[test]
fn days_are_named_when_near_and_have_a_year_when_far() {
    check(
        EN,
        How::Date,
        date,
        &[
            ("2026-03-02", "today"),
            ("2026-03-03", "tomorrow"),
            ("2026-03-01", "yesterday"),
            ("2026-03-05", "March fifth"),
            ("2026-03-12", "March twelfth"),
            ("2026-03-20", "March twentieth"),
            ("2026-05-22", "May twenty-second"),
            ("2027-01-31", "January thirty-first"),
            ("2025-12-03", "December third, twenty twenty-five"),
            ("2005-08-08", "August eighth, two thousand five"),
            ("1999-09-09", "September ninth, nineteen ninety-nine"),
            ("1905-01-01", "January first, nineteen oh five"),
            ("2000-01-01", "January first, two thousand"),
            ("1900-01-01", "January first, nineteen hundred"),
        ],
    );
}

#[test]
fn times_have_a_day() {
    check(
        EN,
        How::Time,
        moment,
        &[
            ("03 15:30", "tomorrow at three thirty PM"),
            ("02 15:00", "today at three PM"),
            ("02 09:05", "today at nine oh five AM"),
            ("02 00:00", "today at twelve AM"),
            ("02 00:30", "today at twelve thirty AM"),
            ("02 12:00", "today at noon"),
            ("02 12:15", "today at twelve fifteen PM"),
            ("01 23:59", "yesterday at eleven fifty-nine PM"),
            ("05 10:00", "March fifth at ten AM"),
            ("2028-02-02 08:00", "February second, twenty twenty-eight, at eight AM"),
        ],
    );
}

#[test]
fn windows_read_well_inside_a_sentence() {
    check(
        EN,
        How::Window,
        window,
        &[
            ("02 14:00 - 02 17:00", "today between two and five PM"),
            ("03 09:00 - 03 12:00", "tomorrow between nine AM and noon"),
            ("03 12:00 - 03 15:00", "tomorrow between noon and three PM"),
            ("03 12:30 - 03 15:00", "tomorrow between twelve thirty and three PM"),
            ("03 10:45 - 03 13:00", "tomorrow between ten forty-five AM and one PM"),
            ("06 18:00 - 06 20:00", "Friday, March sixth, between six and eight PM"),
            ("02 21:00 - 03 00:00", "today between nine PM and midnight"),
            ("02 22:00 - 03 09:00", "between today at ten PM and tomorrow at nine AM"),
        ],
    );
}

#[test]
fn phone_numbers_are_said_as_dialled_at_home() {
    check(
        EN,
        How::Phone,
        phone_number,
        &[
            ("+12133734253", "two one three, three seven three, four two five three"),
            ("+8613800138000", "one three eight, zero zero one three, eight zero zero zero"),
            ("+85291234567", "nine one two three, four five six seven"),
            ("+447700900123", "plus four four, seven seven zero, zero nine zero, zero one two three"),
        ],
    );
}
