//! Addresses as people sign in with.

/// The longest that mail can be sent to (RFC 5321).
const LONGEST: usize = 254;

/// The address as it is stored and compared, if it is one: in lower case, since nobody means two people by two spellings.
/// Whether mail arrives only a mail tells; what is refused here is what could be no address or would hurt in a mail.
pub(crate) fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let plain = |c: char| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    let is_local = !local.is_empty() && local.len() <= 64 && local.chars().all(plain);
    let is_label = |label: &str| {
        let inner = label.chars().all(|c| c.is_alphanumeric() || c == '-');
        !label.is_empty() && label.len() <= 63 && inner && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_domain = domain.split('.').count() >= 2 && domain.split('.').all(is_label);
    // Letters of two scripts in one part make an address that looks like another.
    let lower = text.to_lowercase();
    let is_of_one_script = lower.split(['@', '.']).all(|part| {
        let mut letters = part.chars().filter(|c| c.is_alphabetic()).map(is_latin);
        let first = letters.next();
        letters.all(|latin| Some(latin) == first)
    });
    (text.len() <= LONGEST && is_local && is_domain && is_of_one_script).then_some(lower)
}

/// Letters as Latin has them, with their accents; the wide ones are another script's.
const fn is_latin(c: char) -> bool {
    matches!(c, '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn addresses_are_compared_in_lower_case() {
        assert_eq!(address(" Grace.Hopper+navy@Example.ORG ").as_deref(), Some("grace.hopper+navy@example.org"));
        assert_eq!(address("jürgen@bücher.example").as_deref(), Some("jürgen@bücher.example"));
        assert_eq!(address("анна@пример.example").as_deref(), Some("анна@пример.example"));
        // The sign for Kelvin is a K to everybody who reads it.
        assert_eq!(address("\u{212a}ate@example.org").as_deref(), Some("kate@example.org"));
    }

    #[test]
    fn what_mail_cannot_be_sent_to_is_none() {
        let long = format!("{}@example.org", "x".repeat(65));
        for text in [
            "",
            "@",
            "a@",
            "@b.c",
            "a@b",
            "a b@c.de",
            "a@b..c",
            "a@-b.c",
            "a\n@b.c",
            "a@b.c\r\nBcc: d@e.f",
            "<a@b.c>",
            // A Cyrillic a in Latin, a wide one, an accent of its own.
            "\u{430}nn@example.org",
            "ann@ex\u{430}mple.org",
            "\u{ff41}nn@example.org",
            "jurgen\u{308}@example.org",
            &long,
        ] {
            assert_eq!(address(text), None, "{text:?}");
        }
    }
}
