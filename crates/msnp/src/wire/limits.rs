//! How much one message may be. Beyond a limit the connection is closed (notification-server reference, section 3).

/// The longest line, in bytes, its end not counted. Tickets and MSN objects make lines of 1 to 3 KB legal.
pub const LINE: usize = 8192;

/// The longest payload of a command that has no limit of its own, in bytes.
pub const PAYLOAD: usize = 16384;

/// The payload of `QRY` has exactly this many bytes: an MD5 in hexadecimal digits.
pub const QRY_PAYLOAD: usize = 32;

/// The longest payload of a `MSG` to a switchboard, in bytes (switchboard reference, section 6).
pub const SWITCHBOARD_MSG_PAYLOAD: usize = 1664;

/// The longest friendly name, own or stored, in bytes as escaped on the line: 129 characters of three bytes.
pub const NAME: usize = 387;

/// The longest group name that `ADG` takes, in bytes as escaped on the line; beyond it 229.
pub const GROUP_NAME: usize = 61;

/// A group name this long closes the connection.
pub const GROUP_NAME_CLOSES: usize = 127;

/// The longest phone number (`PHH`, `PHW`, `PHM`), in bytes as escaped on the line.
pub const PHONE: usize = 95;

/// The longest MSN object in `CHG`, in bytes as escaped on the line. Real ones have 300 to 800; it is kept for everybody
/// who is signed in and told to all who watch him.
pub const OBJECT: usize = 4096;
