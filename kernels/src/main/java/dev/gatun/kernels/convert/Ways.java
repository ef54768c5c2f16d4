package dev.gatun.kernels.convert;

import static dev.gatun.kernels.convert.Step.NONE;

import dev.gatun.memory.DType;

/** What types are made of, and so the ways between all of them. */
final class Ways {
  private final Step bytesToInts;
  private final Step shortsToInts;
  private final Step intsToBytes;
  private final Step intsToShorts;

  Ways(Widths widths) {
    bytesToInts = (block, length) -> widths.bytesToInts(block.bytes, block.ints, length);
    shortsToInts = (block, length) -> widths.shortsToInts(block.shorts, block.ints, length);
    intsToBytes = (block, length) -> widths.intsToBytes(block.ints, block.bytes, length);
    intsToShorts = (block, length) -> widths.intsToShorts(block.ints, block.shorts, length);
  }

  Way between(DType from, DType to) {
    if (from.isFloatingPoint() && to == DType.BOOL) {
      return truthsOfBits(from);
    }
    if (from == DType.FLOAT32 && to == DType.BFLOAT16) {
      return new Way(Storage.INTS, bitsToBrain(), Storage.SHORTS);
    }
    if (from == DType.BFLOAT16 && to == DType.FLOAT32) {
      return new Way(Storage.SHORTS, brainToBits(), Storage.INTS);
    }
    return new Way(storage(from), numbers(from).then(from(carrier(from), to)), storage(to));
  }

  /** The steps from numbers of a block to elements of a type. */
  Step from(Carrier carrier, DType to) {
    return switch (to) {
      case FLOAT32 -> carrier.toFloats;
      case FLOAT64 -> carrier.toDoubles;
      case FLOAT16 -> carrier.toOddFloats.then(Halves::floatsToBinary16);
      case BFLOAT16 -> carrier.toOddFloats.then(Halves::floatsToBits).then(bitsToBrain());
      case INT8, UINT8 -> carrier.toInts.then(intsToBytes);
      case INT16 -> carrier.toInts.then(intsToShorts);
      case INT32 -> carrier.toInts;
      case INT64 -> carrier.toLongs;
      case BOOL -> carrier.toTruths.then(intsToBytes);
    };
  }

  /** How elements of a type are read and written where they are numbers. */
  static Storage storage(DType type) {
    return switch (type) {
      case FLOAT32 -> Storage.FLOATS;
      case FLOAT64 -> Storage.DOUBLES;
      case FLOAT16, BFLOAT16, INT16 -> Storage.SHORTS;
      case INT8, UINT8, BOOL -> Storage.BYTES;
      case INT32 -> Storage.INTS;
      case INT64 -> Storage.LONGS;
    };
  }

  private static Carrier carrier(DType type) {
    return switch (type) {
      case INT8, UINT8, INT16, BOOL -> Carrier.SMALL;
      case INT32 -> Carrier.INTS;
      case INT64 -> Carrier.LONGS;
      case FLOAT32, FLOAT16, BFLOAT16 -> Carrier.FLOATS;
      case FLOAT64 -> Carrier.DOUBLES;
    };
  }

  /** The steps from what was read to numbers. */
  private Step numbers(DType type) {
    return switch (type) {
      case FLOAT32, FLOAT64, INT32, INT64 -> NONE;
      case FLOAT16 -> Halves::binary16ToFloats;
      case BFLOAT16 -> brainToBits().then(Halves::bitsToFloats);
      case INT8 -> bytesToInts;
      case UINT8 -> bytesToInts.then(Numbers::dropSignsOfBytes);
      case INT16 -> shortsToInts;
      case BOOL -> bytesToInts.then(Truths::ints);
    };
  }

  /** Of the bits but the sign, which decide whether a number is zero, where there are fractions. */
  private Way truthsOfBits(DType type) {
    return switch (type.byteSize()) {
      case Short.BYTES -> truths(Storage.SHORTS, shortsToInts.then(Truths::bitsOf16));
      case Integer.BYTES -> truths(Storage.INTS, Truths::bitsOf32);
      default -> truths(Storage.LONGS, both(Truths::bitsOf64, Numbers::longsToInts));
    };
  }

  private Way truths(Storage bits, Step toInts) {
    return new Way(bits, toInts.then(intsToBytes), Storage.BYTES);
  }

  private Step bitsToBrain() {
    return both(Halves::bitsToBrain, intsToShorts);
  }

  private Step brainToBits() {
    return shortsToInts.then(Halves::brainToBits);
  }

  private static Step both(Step first, Step second) {
    return first.then(second);
  }
}
