package dev.gatun.kernels.bytecode;

import java.util.Arrays;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Makes the dynamic constants of {@link LaneExchange}. Lanes are even or odd by how many times the
 * distance is before them.
 */
public final class LaneConstants {
  private LaneConstants() {}

  /** The odd lanes. */
  public static VectorMask<?> odd(String element, int vectorBytes, int distance) {
    var species = species(element, vectorBytes);
    long bits = 0;
    for (int lane = 0; lane < species.length(); lane++) {
      bits |= isOdd(lane, distance) ? 1L << lane : 0;
    }
    return VectorMask.fromLong(species, bits);
  }

  /** The lane that each is exchanged with. */
  public static VectorShuffle<?> partners(String element, int vectorBytes, int distance) {
    return VectorShuffle.fromOp(species(element, vectorBytes), lane -> lane ^ distance);
  }

  /** Which lanes of two vectors the first becomes: the even ones of both. */
  public static Vector<?> evenLanes(String element, int vectorBytes, int distance) {
    return lanes(species(element, vectorBytes), distance, 0);
  }

  /** Which lanes of two vectors the second becomes: the odd ones of both. */
  public static Vector<?> oddLanes(String element, int vectorBytes, int distance) {
    return lanes(species(element, vectorBytes), distance, distance);
  }

  private static Vector<?> lanes(VectorSpecies<?> species, int distance, int first) {
    int count = species.length();
    var indices = new long[count];
    for (int lane = 0; lane < count; lane++) {
      indices[lane] = first + (isOdd(lane, distance) ? count + lane - distance : lane);
    }
    return species.elementType() == long.class
        ? species.fromArray(indices, 0)
        : species.fromArray(Arrays.stream(indices).mapToInt(Math::toIntExact).toArray(), 0);
  }

  private static boolean isOdd(int lane, int distance) {
    return (lane & distance) != 0;
  }

  private static VectorSpecies<?> species(String element, int vectorBytes) {
    var shape = VectorShape.forBitSize(vectorBytes * Byte.SIZE);
    return switch (element) {
      case "Float" -> VectorSpecies.of(float.class, shape);
      case "Double" -> VectorSpecies.of(double.class, shape);
      case "Int" -> VectorSpecies.of(int.class, shape);
      case "Long" -> VectorSpecies.of(long.class, shape);
      default -> throw new IllegalArgumentException("no vectors of " + element);
    };
  }
}
