//! Line icons and the seal.

use crate::draw::prelude::*;

/// An icon of one stroke weight.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A frame with a line: scanning.
    Scan,
    /// A heart with a pulse: medical.
    Heart,
    /// A ballot box.
    Box,
    /// A camera.
    Camera,
    /// A picture.
    Picture,
    /// A clipboard.
    Paste,
    /// A chat bubble: WeChat.
    Chat,
    /// An arrow to the left.
    Back,
    /// An arrow to the right.
    Go,
    /// Two sliders: settings.
    Sliders,
    /// A key.
    Key,
    /// Sheets of paper.
    Sheets,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Scan => {
                "M2 8V5a3 3 0 013-3h3M16 2h3a3 3 0 013 3v3M22 16v3a3 3 0 01-3 3h-3M8 22H5a3 3 0 01-3-3v-3M6 12h12"
            }
            Self::Heart => {
                "M12 21S3 16 3 9.5A5 5 0 0112 6.6a5 5 0 019 2.9C21 16 12 21 12 21zM6.5 12h3l1.6-3.2 2.2 5.4 1.2-2.2h3"
            }
            Self::Box => "M3 13h4.2l2 3h5.6l2-3H21v8H3zM5.5 13V3.5h13V13M9 8l2.2 2.2L15 6.5",
            Self::Camera => {
                "M3 8a2 2 0 012-2h2.5L9 3.5h6L16.5 6H19a2 2 0 012 2v10a2 2 0 01-2 2H5a2 2 0 01-2-2zM12 16.5a3.5 3.5 0 100-7 3.5 3.5 0 000 7z"
            }
            Self::Picture => {
                "M5 3.5h14a2 2 0 012 2v13a2 2 0 01-2 2H5a2 2 0 01-2-2v-13a2 2 0 012-2zM3.5 17l5-5 4 4 3-3 5 5M15.5 9h.01"
            }
            Self::Paste => {
                "M9 4H6.5a1.5 1.5 0 00-1.5 1.5v14A1.5 1.5 0 006.5 21h11a1.5 1.5 0 001.5-1.5v-14A1.5 1.5 0 0017.5 4H15M9 3h6v3H9zM9 11h6M9 15h4"
            }
            Self::Chat => {
                "M10 4c4 0 7 2.6 7 6s-3 6-7 6c-.7 0-1.4-.1-2-.2L5 17.5v-2.7C3.7 13.7 3 12 3 10c0-3.4 3-6 7-6zM17.5 11.5c2.1.6 3.5 2.2 3.5 4.2 0 1.3-.6 2.4-1.5 3.2V21l-2.2-1.2c-2 .3-4-.5-5-1.8"
            }
            Self::Back => "M15 5l-7 7 7 7",
            Self::Go => "M9 5l7 7-7 7",
            Self::Sliders => {
                "M3 7h10M19 7h2M3 17h2M11 17h10M13 7a3 3 0 106 0 3 3 0 00-6 0M5 17a3 3 0 106 0 3 3 0 00-6 0"
            }
            Self::Key => {
                "M8 16a5 5 0 113.9-8.1L21 8v4l-2.5.5V15l-3 .5-2.6-2.4A5 5 0 018 16zM7.5 11h.01"
            }
            Self::Sheets => {
                "M8 3h8l4 4v10a1 1 0 01-1 1H8a1 1 0 01-1-1V4a1 1 0 011-1zM4 7v13a1 1 0 001 1h10M10.5 11l2 2 3.5-4"
            }
        }
    }
}

/// Draws an icon.
pub fn icon(icon: Icon, size: u32) -> Html {
    let size = size.to_string();
    html! {
        <svg class="icon" width={size.clone()} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
            <path d={icon.path()} />
        </svg>
    }
}

/// The seal: four arcs and the tick, the same face as the favicon and the printed seal.
pub fn seal(size: u32) -> Html {
    let size = size.to_string();
    html! {
        <svg width={size.clone()} height={size} viewBox="0 0 32 32" fill="none" stroke="var(--pine)" aria-hidden="true">
            <g stroke-width="3.4" transform="rotate(-90 16 16)">
                { for [(0, 27), (30, 24), (57, 21), (81, 16)].map(|(start, length)| html! {
                    <circle cx="16" cy="16" r="13.5" pathLength="100" stroke-dasharray={format!("{length} 100")} stroke-dashoffset={(-start).to_string()} />
                }) }
            </g>
            <path d="M10 16.5l4.2 4.2 8-9" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round" />
        </svg>
    }
}
