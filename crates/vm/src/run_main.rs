//! `-m`: a module or package as the main program.
