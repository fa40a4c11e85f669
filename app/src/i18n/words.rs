//! The page's own words: a constant for each line of the section `[words]` of texts/zh.txt.

use super::Text;

markup::words!("texts/zh.txt");
