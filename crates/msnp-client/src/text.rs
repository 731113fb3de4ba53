//! Texts of XML that come without their document.

/// The text that is meant by one with references in it. What is no reference stands for itself.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        rest = match after.split_once(';').and_then(|(name, after)| Some((reference(name)?, after))) {
            Some((meant, after)) => {
                out.push(meant);
                after
            }
            None => {
                out.push('&');
                after
            }
        };
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_what_they_mean_and_the_rest_stays() {
        assert_eq!(unescape("tea &amp; &#x3C;cake&#62; &#x1F375;"), "tea & <cake> 🍵");
        assert_eq!(unescape("R&D &nbsp; &; & &#xD800;"), "R&D &nbsp; &; & &#xD800;");
        assert_eq!(unescape("&amp;lt;"), "&lt;");
    }
}
