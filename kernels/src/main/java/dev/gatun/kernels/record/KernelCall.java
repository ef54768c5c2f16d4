package dev.gatun.kernels.record;

import dev.gatun.kernels.gemm.Epilogue;
import dev.gatun.kernels.gemm.PointwiseEpilogue;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.StridedArray;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A call of a kernel that belongs to a family: a product, a reduction, a copy. */
public final class KernelCall implements RecordedCall {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.publicLookup();

  private final Object family;
  private final Method method;

  /** As given, but with notes in place of arrays. */
  private final @Nullable Object[] arguments;

  private final List<RecordedArray> reads;
  private final List<RecordedArray> writes;

  private KernelCall(Object family, Method method, @Nullable Object[] arguments) {
    this.family = family;
    this.method = method;
    this.arguments = arguments;
    List<RecordedArray> read = new ArrayList<>();
    List<RecordedArray> written = new ArrayList<>();
    CallSignature signature = CallSignature.of(method);
    for (int i = 0; i < arguments.length; i++) {
      switch (signature.role(i, arguments)) {
        case READ -> add(arguments[i], read);
        case WRITTEN -> add(arguments[i], written);
        case UPDATED -> {
          add(arguments[i], read);
          add(arguments[i], written);
        }
        case FACTOR_OF_WRITTEN, OTHER -> {}
      }
    }
    for (Object argument : arguments) {
      if (argument instanceof RecordedEpilogue epilogue) {
        // What it reads of the result has been computed by then.
        for (RecordedArray array : epilogue.reads()) {
          if (!sharesStorage(array, written)) {
            read.add(array);
          }
        }
        written.addAll(epilogue.writes());
      }
    }
    this.reads = List.copyOf(read);
    this.writes = List.copyOf(written);
  }

  private static boolean sharesStorage(RecordedArray array, List<RecordedArray> others) {
    for (RecordedArray other : others) {
      if (other.storage() == array.storage()) {
        return true;
      }
    }
    return false;
  }

  /** Takes note of a call; tells from an array of numbers whether the host changes it. */
  static KernelCall of(
      Object family, Method method, @Nullable Object[] given, Predicate<double[]> live) {
    @Nullable Object[] arguments = new @Nullable Object[given.length];
    for (int i = 0; i < given.length; i++) {
      arguments[i] = noted(method, given[i], live);
    }
    return new KernelCall(family, method, arguments);
  }

  /**
   * Makes a call that has not been recorded.
   *
   * @param <F> the interface of the family
   * @param family the kernels
   * @param declaring the interface of the family
   * @param name the name of the kernel, the only one of that name and number of arguments
   * @param arguments its arguments, as {@link #argument} returns them
   * @return the call
   */
  public static <F> KernelCall of(
      F family, Class<F> declaring, String name, @Nullable Object... arguments) {
    for (Method method : declaring.getMethods()) {
      if (method.getName().equals(name) && method.getParameterCount() == arguments.length) {
        return new KernelCall(family, method, arguments.clone());
      }
    }
    throw new IllegalArgumentException(declaring + " has no " + name);
  }

  private static @Nullable Object noted(
      Method method, @Nullable Object argument, Predicate<double[]> live) {
    return switch (argument) {
      case StridedArray array -> RecordedArray.of(array);
      case StridedArray[] arrays -> RecordedArray.of(arrays);
      case double[] numbers -> numbers.clone();
      case long[] numbers -> numbers.clone();
      case int[] numbers -> numbers.clone();
      case PointwiseEpilogue epilogue ->
          RecordedEpilogue.of(epilogue, live.test(epilogue.parameters()));
      case Epilogue epilogue ->
          throw new PlanException(
              method.getName()
                  + ": an epilogue of the caller's own, "
                  + epilogue.getClass().getName()
                  + ": a replay cannot know which memory it uses");
      case null, default -> argument;
    };
  }

  /**
   * Returns what runs on the blocks of the result.
   *
   * @return the epilogue, or null when there is none
   */
  public @Nullable RecordedEpilogue epilogue() {
    for (Object argument : arguments) {
      if (argument instanceof RecordedEpilogue epilogue) {
        return epilogue;
      }
    }
    return null;
  }

  /**
   * Returns where randomness comes from.
   *
   * @return the generators among the arguments
   */
  public List<Generator> generators() {
    List<Generator> generators = new ArrayList<>();
    for (Object argument : arguments) {
      if (argument instanceof Generator generator) {
        generators.add(generator);
      }
    }
    return generators;
  }

  /**
   * Returns this call with other arguments.
   *
   * @param changed the arguments by their index, as {@link #argument} returns them
   * @return another call of the same kernel
   */
  public KernelCall with(Map<Integer, Object> changed) {
    @Nullable Object[] next = arguments.clone();
    changed.forEach((index, argument) -> next[index] = argument);
    return new KernelCall(family, method, next);
  }

  private static void add(@Nullable Object argument, List<RecordedArray> arrays) {
    if (argument instanceof RecordedArray array) {
      arrays.add(array);
    } else if (argument instanceof RecordedArray[] several) {
      arrays.addAll(List.of(several));
    }
  }

  /**
   * Tells whether this is a call of one kernel of a family.
   *
   * @param declaring the interface of the family
   * @param name the name of the method
   * @return whether it is
   */
  public boolean calls(Class<?> declaring, String name) {
    return declaring.isInstance(family) && method.getName().equals(name);
  }

  /**
   * Returns how many arguments there are.
   *
   * @return the number
   */
  public int argumentCount() {
    return arguments.length;
  }

  /**
   * Returns an argument: as it was given, but a {@link RecordedArray} for an array and an array of
   * those for several.
   *
   * @param index which one, from 0
   * @return the argument
   */
  public @Nullable Object argument(int index) {
    return arguments[index];
  }

  /**
   * Makes what runs this call on arrays there are.
   *
   * @param arrays gives the array for each note
   * @return a handle without arguments, which allocates nothing but what the kernel does
   */
  public MethodHandle bind(Function<RecordedArray, StridedArray> arrays) {
    Object[] bound = new Object[arguments.length + 1];
    bound[0] = family;
    for (int i = 0; i < arguments.length; i++) {
      bound[i + 1] =
          switch (arguments[i]) {
            case RecordedArray array -> arrays.apply(array);
            case RecordedArray[] several -> bind(several, arrays);
            case RecordedEpilogue epilogue -> epilogue.bind(arrays);
            case null, default -> arguments[i];
          };
    }
    try {
      return MethodHandles.insertArguments(LOOKUP.unreflect(method), 0, bound);
    } catch (IllegalAccessException e) {
      throw new PlanException(name() + ": the kernel is not public: " + method, e);
    }
  }

  private static StridedArray[] bind(
      RecordedArray[] notes, Function<RecordedArray, StridedArray> arrays) {
    StridedArray[] result = new StridedArray[notes.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = arrays.apply(notes[i]);
    }
    return result;
  }

  @Override
  public List<RecordedArray> reads() {
    return reads;
  }

  @Override
  public List<RecordedArray> writes() {
    return writes;
  }

  @Override
  public boolean isRepeatable() {
    boolean live = false;
    for (Object argument : arguments) {
      live |= argument instanceof RecordedEpilogue epilogue && epilogue.live();
    }
    return !live && !CallSignature.of(method).usesRandomness();
  }

  @Override
  public String name() {
    return method.getName();
  }
}
