//! Characters that nobody sees, and what they are kept out of.
//!
//! They break lines in other programs, turn the words behind them around or make two names look alike. A name or label
//! that carries one is refused; a longer text loses what turns or breaks it and keeps what its script needs.

/// Breaks a line, joins nothing, or turns the direction of what follows: never part of a name.
pub fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// What a text of several lines loses: it overrides the direction of words that are not its own, or fakes emptiness.
/// The marks of direction and the joiners stay, for right-to-left words and for emoji.
pub fn is_harmful(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The first character of a line that has no place there. // rule: 20§14 "inert; CR/LF rejected"
pub fn out_of_place(line: &str) -> Option<char> {
    let all: Vec<char> = line.chars().collect();
    let joins = |i: usize| {
        let beside = |at: Option<usize>| at.and_then(|at| all.get(at)).is_some_and(|c| is_joined(*c));
        matches!(all[i], '\u{200c}' | '\u{200d}') && beside(i.checked_sub(1)) && beside(Some(i + 1))
    };
    let odd = |i: &usize| all[*i].is_control() || is_unseen(all[*i]) && !joins(*i);
    (0..all.len()).find(odd).map(|i| all[i])
}

/// Letters and signs of the scripts whose spelling needs joiners: Arabic, Syriac, N'Ko, those of India, Tibet, Burma,
/// Cambodia and Mongolia.
fn is_joined(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{f00}'..='\u{109f}' | '\u{1780}'..='\u{17b3}'
        | '\u{17b6}'..='\u{18aa}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_only_what_is_seen_or_what_its_script_needs() {
        for good in [
            "Ana María",
            "O’Neill-Šimić",
            "שרה",
            "محمد",
            "می\u{200c}خواهم",
            "ක්\u{200d}රිස්",
            "क्\u{200d}ष",
            "李雷",
            "Jo\u{301}",
        ] {
            assert_eq!(out_of_place(good), None, "{good:?}");
        }
        let unseen =
            ['\u{ad}', '\u{61c}', '\u{200b}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}', '\u{2060}', '\u{feff}']
                .into_iter()
                .chain('\u{202a}'..='\u{202e}')
                .chain('\u{2066}'..='\u{2069}')
                .chain(['\r', '\n', '\t', '\0', '\u{7}', '\u{85}']);
        for c in unseen {
            assert_eq!(out_of_place(&format!("Eve{c}lyn")), Some(c), "{c:?}");
        }
        for joiner in ['\u{200c}', '\u{200d}'] {
            for bad in [
                format!("Eve{joiner}lyn"),
                format!("{joiner}می"),
                format!("می{joiner}"),
                format!("می{joiner}{joiner}خ"),
            ] {
                assert_eq!(out_of_place(&bad), Some(joiner), "{bad:?}");
            }
        }
    }
}
