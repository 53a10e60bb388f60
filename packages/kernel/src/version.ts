/** The version of SAGE-Twin that wrote an envelope: all packages are released as one. */
export const libraryVersion = "0.1.0";
