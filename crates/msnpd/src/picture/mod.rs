//! Display pictures: what comes from clients is decoded and encoded anew, so that what leaves the server is a picture and
//! nothing else, small enough for everybody.
//!
//! Decoding costs memory and time, so that the threads that do it are few, those who wait for them as well, and what it
//! may come to is known from the head of a picture before the rest is looked at.

mod studio;

use std::io::Cursor;

use image::imageops::FilterType;
use image::{
    DynamicImage, GenericImageView as _, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits,
};

use crate::store::Picture;
pub(crate) use studio::{Refused, Studio};

/// The media type of all pictures that leave.
pub(crate) const MIME_TYPE: &str = "image/png";

/// The longest side of a picture that is taken, in pixels. Official clients send 96 by 96.
const MAX_SIDE: u32 = 2048;

/// The most pictures in one file. Only the first one is kept.
const MAX_FRAMES: usize = 256;

/// The most bytes that decoding one may take: a picture as large as may be, 16 bits to a colour, and half as much.
const MAX_DECODED_BYTES: u64 = 48 << 20;

/// The longest side of a picture that leaves, in pixels.
const SIDE: u32 = 192;

/// That of a thumbnail.
const SMALL_SIDE: u32 = 32;

/// Why a picture is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadPicture {
    /// It has a good head, and what follows is broken.
    Broken,
    /// It is none, or one of a kind that is not taken.
    NoPicture,
    /// More pixels than are decoded.
    TooLarge,
    /// More pictures in one than anybody could mean.
    TooManyFrames,
}

impl BadPicture {
    /// What the client is told.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Broken => "The picture is broken.",
            Self::NoPicture => "This is no picture in PNG, JPEG, GIF or BMP.",
            Self::TooLarge => "The picture has too many pixels.",
            Self::TooManyFrames => "The picture has too many frames.",
        }
    }
}

/// Decodes a picture and encodes it anew, with a thumbnail. Of a moving one the first frame is kept. Takes some
/// milliseconds, and for the largest ones a tenth of a second: not to be called where others wait.
pub(crate) fn redraw(bytes: &[u8]) -> Result<Picture, BadPicture> {
    let picture = decode(bytes)?;
    Ok(Picture { full: encode(&fitting(&picture, SIDE))?, small: encode(&fitting(&picture, SMALL_SIDE))? })
}

fn decode(bytes: &[u8]) -> Result<DynamicImage, BadPicture> {
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| BadPicture::NoPicture)?;
    // What a client says that it is counts for nothing.
    match reader.format() {
        Some(ImageFormat::Gif) => count_frames(bytes)?,
        Some(ImageFormat::Bmp | ImageFormat::Jpeg | ImageFormat::Png) => {}
        _ => return Err(BadPicture::NoPicture),
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|error| bad(&error))?;
    let (width, height) = decoder.dimensions();
    if width > MAX_SIDE || height > MAX_SIDE || decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(BadPicture::TooLarge);
    }
    if width == 0 || height == 0 {
        return Err(BadPicture::Broken);
    }
    DynamicImage::from_decoder(decoder).map_err(|error| bad(&error))
}

fn bad(error: &ImageError) -> BadPicture {
    match error {
        ImageError::Limits(_) => BadPicture::TooLarge,
        _ => BadPicture::Broken,
    }
}

/// Goes through the frames of a GIF without decoding any.
fn count_frames(bytes: &[u8]) -> Result<(), BadPicture> {
    let mut options = gif::DecodeOptions::new();
    options.skip_frame_decoding(true);
    let mut decoder = options.read_info(bytes).map_err(|_| BadPicture::Broken)?;
    let mut frames = 0;
    while decoder.next_frame_info().map_err(|_| BadPicture::Broken)?.is_some() {
        frames += 1;
        if frames > MAX_FRAMES {
            return Err(BadPicture::TooManyFrames);
        }
    }
    Ok(())
}

/// The picture, made smaller where it has to be. Neither side becomes nothing.
fn fitting(picture: &DynamicImage, side: u32) -> DynamicImage {
    let (width, height) = picture.dimensions();
    if width <= side && height <= side {
        return picture.clone();
    }
    picture.resize(side, side, FilterType::Triangle)
}

fn encode(picture: &DynamicImage) -> Result<Vec<u8>, BadPicture> {
    let mut bytes = Vec::new();
    // Eight bits to a colour: all that clients of the time show.
    let eight = DynamicImage::ImageRgba8(picture.to_rgba8());
    eight.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).map_err(|_| BadPicture::Broken)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;

    fn drawn(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let image = RgbaImage::from_fn(width, height, |x, y| {
            Rgba([u8::try_from(x % 256).unwrap(), u8::try_from(y % 256).unwrap(), 128, 255])
        });
        let mut bytes = Vec::new();
        DynamicImage::ImageRgba8(image).to_rgb8().write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    fn size(png: &[u8]) -> (u32, u32) {
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
        image::load_from_memory(png).unwrap().dimensions()
    }

    fn gif(frames: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = gif::Encoder::new(&mut bytes, 2, 2, &[0, 0, 0, 255, 255, 255]).unwrap();
        for _ in 0..frames {
            encoder.write_frame(&gif::Frame::from_indexed_pixels(2, 2, vec![0, 1, 1, 0], None)).unwrap();
        }
        drop(encoder);
        bytes
    }

    #[test]
    fn every_kind_becomes_a_png_and_a_thumbnail() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::Bmp] {
            for ((width, height), full, small) in [
                ((96, 96), (96, 96), (32, 32)),
                ((16, 8), (16, 8), (16, 8)),
                ((400, 200), (192, 96), (32, 16)),
                ((2000, 1), (192, 1), (32, 1)),
            ] {
                let picture = redraw(&drawn(width, height, format)).unwrap();
                assert_eq!((size(&picture.full), size(&picture.small)), (full, small), "{format:?}");
            }
        }
    }

    #[test]
    fn what_hangs_on_a_picture_is_lost() {
        let mut bytes = drawn(96, 96, ImageFormat::Png);
        bytes.extend_from_slice(b"<script>");
        let picture = redraw(&bytes).unwrap();
        assert!(!picture.full.windows(8).any(|window| window == b"<script>"));
    }

    #[test]
    fn bombs_are_refused_by_their_head() {
        // A head that promises 65,000 by 65,000 pixels, and nothing behind it.
        let mut png = drawn(4, 4, ImageFormat::Png);
        png[16..24].copy_from_slice(&[0, 0, 0xfd, 0xe8, 0, 0, 0xfd, 0xe8]);
        let crc = crc(&png[12..29]);
        png[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(redraw(&png), Err(BadPicture::TooLarge));
        let mut bmp = drawn(4, 4, ImageFormat::Bmp);
        bmp[18..26].copy_from_slice(&[0xe8, 0xfd, 0, 0, 0xe8, 0xfd, 0, 0]);
        assert_eq!(redraw(&bmp), Err(BadPicture::TooLarge));
        let mut wide = gif(1);
        wide[6..10].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
        assert_eq!(redraw(&wide), Err(BadPicture::TooLarge));
        assert_eq!(redraw(&drawn(MAX_SIDE + 1, 1, ImageFormat::Jpeg)), Err(BadPicture::TooLarge));
        assert_eq!(redraw(&gif(MAX_FRAMES + 1)), Err(BadPicture::TooManyFrames));
        assert_eq!(size(&redraw(&gif(MAX_FRAMES)).unwrap().full), (2, 2));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let png = drawn(96, 96, ImageFormat::Png);
        for (bytes, why) in [
            (&b""[..], BadPicture::NoPicture),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", BadPicture::NoPicture),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ", BadPicture::NoPicture),
            (b"\x89PNG\r\n\x1a\nnot-a-real-image", BadPicture::Broken),
            (png.get(..png.len() / 2).unwrap(), BadPicture::Broken),
            (b"GIF89a", BadPicture::Broken),
            (b"BM", BadPicture::Broken),
            (b"\xff\xd8\xff", BadPicture::Broken),
        ] {
            assert_eq!(redraw(bytes), Err(why), "{}", String::from_utf8_lossy(bytes));
        }
    }

    /// That of PNG, bit by bit.
    fn crc(bytes: &[u8]) -> u32 {
        let step = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        !bytes.iter().fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), |crc, _| step(crc)))
    }
}
