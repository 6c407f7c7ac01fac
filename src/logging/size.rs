//! Sizes for people, in steps of 1000.

/// `20 kB`, `2.1 GB`, `512 B`: two digits below ten, whole numbers above.
pub fn humanize(bytes: u64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 10 {
        return format!("{bytes} B");
    }
    let step = bytes.ilog(1000);
    let value = (bytes as f64 / 1000f64.powi(step as i32) * 10.0 + 0.5).floor() / 10.0;
    let unit = UNITS[step as usize];
    if value < 10.0 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_etcdctl_prints_them() {
        for (bytes, text) in [
            (0, "0 B"),
            (9, "9 B"),
            (512, "512 B"),
            (1_000, "1.0 kB"),
            (16_384, "16 kB"),
            (20_480, "20 kB"),
            (24_576, "25 kB"),
            (2_147_483_648, "2.1 GB"),
            (u64::MAX, "18 EB"),
        ] {
            assert_eq!(humanize(bytes), text);
        }
    }
}
