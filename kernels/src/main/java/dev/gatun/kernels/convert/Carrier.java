package dev.gatun.kernels.convert;

import static dev.gatun.kernels.convert.Step.NONE;

/** What numbers of some type are in a block, exactly, before they become those of another type. */
enum Carrier {
  /** Ints that every float holds exactly. */
  SMALL(
      Truths::ints,
      NONE,
      Numbers::intsToLongs,
      Numbers::intsToFloats,
      Numbers::intsToDoubles,
      Numbers::intsToFloats),
  /** Any ints. */
  INTS(
      Truths::ints,
      NONE,
      Numbers::intsToLongs,
      Numbers::intsToFloats,
      Numbers::intsToDoubles,
      both(Numbers::intsToDoubles, Halves::doublesToOddFloats)),
  /** Longs. */
  LONGS(
      both(Truths::longs, Numbers::longsToInts),
      Numbers::longsToInts,
      NONE,
      Numbers::longsToFloats,
      Numbers::longsToDoubles,
      both(Halves::longsToOddDoubles, Halves::doublesToOddFloats)),
  /** Floats. */
  FLOATS(
      Truths::floats,
      both(Numbers::floatsToLongs, Numbers::longsToInts),
      Numbers::floatsToLongs,
      NONE,
      Numbers::floatsToDoubles,
      NONE),
  /** Doubles. */
  DOUBLES(
      Truths::doubles,
      both(Numbers::doublesToLongs, Numbers::longsToInts),
      Numbers::doublesToLongs,
      Numbers::doublesToFloats,
      NONE,
      Halves::doublesToOddFloats);

  /** To 0 in ints where a number is zero, else 1. */
  final Step toTruths;

  /** To the low 32 bits of longs. */
  final Step toInts;

  final Step toLongs;
  final Step toFloats;
  final Step toDoubles;

  /** To floats that round to fewer bits as the numbers themselves do. */
  final Step toOddFloats;

  Carrier(
      Step toTruths, Step toInts, Step toLongs, Step toFloats, Step toDoubles, Step toOddFloats) {
    this.toTruths = toTruths;
    this.toInts = toInts;
    this.toLongs = toLongs;
    this.toFloats = toFloats;
    this.toDoubles = toDoubles;
    this.toOddFloats = toOddFloats;
  }

  private static Step both(Step first, Step second) {
    return first.then(second);
  }
}
