//! A text as a picture that a phone reads (QR code).

use qrcode::{Color, EcLevel, QrCode};

/// The rows of the picture from above, `#` where it is dark and `.` where it is light; none of a text that is too long for one.
/// It is read off a screen, where nothing is torn or dirty: the least redundancy makes it as small as it can be.
pub(in crate::identity) fn picture_of(text: &str) -> Vec<String> {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::L) else { return Vec::new() };
    let cell = |color: &Color| if *color == Color::Dark { '#' } else { '.' };
    code.to_colors().chunks(code.width()).map(|row| row.iter().map(cell).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_square_and_a_text_that_fits_into_none_has_none() {
        let rows = picture_of("otpauth://totp/notes:ann@example.org?secret=GEZDGNBVGY3TQOJQ&issuer=notes");
        assert!(rows.len() >= 21 && rows.iter().all(|row| row.len() == rows.len()), "{rows:?}");
        assert!(rows[0].starts_with("#######.") && rows[1].starts_with("#.....#."), "{rows:?}");
        assert!(picture_of(&"x".repeat(3_000)).is_empty());
    }
}
