//! Charts asked for in words: the type drawn and what stands on its axes.
