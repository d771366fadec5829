//! Received documents: unpacking what arrives compressed, within bounds.

use aftercare_formats::sbom::Limits;
use aftercare_vocab::problem::Problem;
use std::{
    borrow::Cow,
    io::{self, Read},
};

/// The largest Zstandard window that is accepted: 2 to the power of this.
const WINDOW_LOG_MAX: u32 = 31;

/// The document inside a gzip or Zstandard wrapper; other bytes as they are.
pub fn unpack<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Cow<'a, [u8]>, Vec<Problem>> {
    let unpacked = if bytes.starts_with(&[0x1f, 0x8b]) {
        take(flate2::read::MultiGzDecoder::new(bytes), limits)
    } else if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        zstd::Decoder::with_buffer(bytes).and_then(|mut decoder| {
            decoder.window_log_max(WINDOW_LOG_MAX)?;
            take(decoder, limits)
        })
    } else {
        return Ok(Cow::Borrowed(bytes));
    };
    let unpacked = unpacked.map_err(|error| {
        vec![Problem::refusal(
            "damaged_wrapper",
            "",
            format!("The compressed file is damaged or cut short ({error})."),
            "Send it again, or send the document uncompressed.",
        )]
    })?;
    if unpacked.len() > limits.bytes {
        return Err(vec![Problem::refusal(
            "too_large",
            "",
            format!("Unpacked, the document is larger than {} bytes.", limits.bytes),
            "Raise `limits.sbom_bytes` if the document is genuine.",
        )]);
    }
    Ok(Cow::Owned(unpacked))
}

fn take(from: impl Read, limits: &Limits) -> io::Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    from.take(limits.bytes as u64 + 1).read_to_end(&mut unpacked)?;
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn wrapped_documents_are_unpacked_within_bounds() {
        let limits = Limits { bytes: 1000, ..Limits::default() };
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(b"{}").expect("written");
        let gz = gz.finish().expect("packed");
        assert_eq!(&*unpack(&gz, &limits).expect("unpacked"), b"{}");
        assert_eq!(&*unpack(b"{}", &limits).expect("plain"), b"{}");
        let bomb = zstd::encode_all(&vec![b' '; 100_000][..], 3).expect("packed");
        assert_eq!(unpack(&bomb, &limits).expect_err("too large")[0].code, "too_large");
        assert_eq!(unpack(&bomb[..20], &limits).expect_err("cut")[0].code, "damaged_wrapper");
    }
}
