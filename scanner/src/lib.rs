//! A picture in, the texts of its QR codes out.
