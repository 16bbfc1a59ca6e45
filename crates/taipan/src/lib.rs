//! The embedding face.
