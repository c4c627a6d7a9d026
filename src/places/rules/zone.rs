//! The time zone of a United States ZIP code, by its first three digits.
//!
//! Where a prefix straddles two zones the one with more people wins; 850–869 is Phoenix as a whole (rule: 30§1), and
//! what is not in the table, military post included, is New York.

const NEW_YORK: &str = "America/New_York";

/// First prefix of a run; a run ends where the next begins. Sorted.
const RUNS: &[(u16, &str)] = &[
    (5, NEW_YORK),
    (6, "America/Puerto_Rico"),
    (10, NEW_YORK),
    (324, "America/Chicago"),
    (326, NEW_YORK),
    (350, "America/Chicago"),
    (373, NEW_YORK),
    (375, "America/Chicago"),
    (376, NEW_YORK),
    (380, "America/Chicago"),
    (398, NEW_YORK),
    (420, "America/Chicago"),
    (425, NEW_YORK),
    (460, "America/Indiana/Indianapolis"),
    (463, "America/Chicago"),
    (465, "America/Indiana/Indianapolis"),
    (476, "America/Chicago"),
    (478, "America/Indiana/Indianapolis"),
    (480, "America/Detroit"),
    (500, "America/Chicago"),
    (576, "America/Denver"),
    (580, "America/Chicago"),
    (586, "America/Denver"),
    (587, "America/Chicago"),
    (590, "America/Denver"),
    (600, "America/Chicago"),
    (693, "America/Denver"),
    (700, "America/Chicago"),
    (798, "America/Denver"),
    (832, "America/Boise"),
    (835, "America/Los_Angeles"),
    (836, "America/Boise"),
    (838, "America/Los_Angeles"),
    (840, "America/Denver"),
    (850, "America/Phoenix"),
    (870, "America/Denver"),
    (889, "America/Los_Angeles"),
    (962, NEW_YORK),
    (967, "Pacific/Honolulu"),
    (969, "Pacific/Guam"),
    (970, "America/Los_Angeles"),
    (995, "America/Anchorage"),
];

/// Any text is answered; what is not a ZIP code of the table is New York.
pub fn timezone_of_zip(zip: &str) -> &'static str {
    let digits = zip.trim().get(..3).filter(|p| p.bytes().all(|b| b.is_ascii_digit()));
    let Some(prefix) = digits.and_then(|p| p.parse::<u16>().ok()) else { return NEW_YORK };
    let after = RUNS.partition_point(|(start, _)| *start <= prefix);
    after.checked_sub(1).and_then(|i| RUNS.get(i)).map_or(NEW_YORK, |(_, zone)| zone)
}
