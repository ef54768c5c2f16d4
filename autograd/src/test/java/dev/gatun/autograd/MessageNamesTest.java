package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Messages begin with the name of the method that was called, whatever it consists of. */
@ExtendWith(TestScope.class)
class MessageNamesTest {
  private static final Set<Class<?>> RESULTS =
      Set.of(Tensor.class, Selected.class, Unique.class, List.class, Tensor[].class);

  /** Methods that ask a closed tensor for what it is, or make something of its kind. */
  private static final Set<String> ANSWER_ALL_THE_SAME =
      Set.of("self", "grad", "zeroGrad", "newEmpty", "newFull", "newOnes", "newZeros");

  /**
   * Operations that PyTorch has two spellings of, or that stand in the catalogue beside another.
   */
  private static final Map<String, String> OTHER_NAMES =
      Map.of("log_sigmoid", "logsigmoid", "clamp", "clamp_tensor", "lerp", "lerp_tensor");

  private static @Nullable Object argument(Class<?> type) {
    if (type == int.class) {
      return 1;
    }
    if (type == long.class) {
      return 1L;
    }
    if (type == double.class) {
      return 1.0;
    }
    if (type == boolean.class) {
      return false;
    }
    if (type == int[].class) {
      return new int[] {0};
    }
    if (type == long[].class) {
      return new long[] {2, 3};
    }
    if (type == Tensor.class) {
      return Gatun.ones(2, 3);
    }
    if (type == Shape.class) {
      return Shape.of(2, 3);
    }
    if (type == Number.class) {
      return 1.5;
    }
    return type == DType.class ? DType.FLOAT32 : null;
  }

  /** The spelling of the catalogue: words in lower case, with underscores between them. */
  private static String spelled(Method method) {
    String name = method.getName();
    return name.length() <= 2 && !name.endsWith("_")
        ? name
        : name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  private static boolean begins(String message, String name) {
    String plain = name.replaceAll("_$|_out$", "");
    String other = OTHER_NAMES.getOrDefault(plain, plain);
    return message.matches("(?:" + plain + "|" + other + ")_?: .*");
  }

  @Test
  void ofClosedTensors() throws IllegalAccessException {
    Set<String> wrong = new TreeSet<>();
    int compared = 0;
    for (Method method : Tensor.class.getMethods()) {
      Class<?>[] types = method.getParameterTypes();
      if (Modifier.isStatic(method.getModifiers())
          || !RESULTS.contains(method.getReturnType())
          || ANSWER_ALL_THE_SAME.contains(method.getName())
          || Arrays.stream(types).anyMatch(type -> argument(type) == null)) {
        continue;
      }
      for (int closed = -1; closed < types.length; closed++) {
        if (closed < 0 || types[closed] == Tensor.class) {
          String message = closedMessage(method, closed);
          compared++;
          if (!begins(message, spelled(method))) {
            wrong.add(method.getName() + Arrays.toString(types) + " " + closed + ": " + message);
          }
        }
      }
    }
    assertEquals(Set.of(), wrong);
    assertTrue(compared > 500, "only " + compared + " calls");
  }

  /** What a method says when the tensor, or an argument of it, is closed. */
  private static String closedMessage(Method method, int closed) throws IllegalAccessException {
    Class<?>[] types = method.getParameterTypes();
    try (Scope scope = Scope.open()) {
      Object[] arguments = Arrays.stream(types).map(MessageNamesTest::argument).toArray();
      Tensor self = Gatun.ones(2, 3);
      (closed < 0 ? self : (Tensor) arguments[closed]).close();
      method.invoke(self, arguments);
      return "no exception";
    } catch (InvocationTargetException e) {
      return String.valueOf(e.getCause().getMessage());
    }
  }

  private static void assertSays(
      Class<? extends GatunException> type, String message, Supplier<?> call) {
    assertEquals(message, assertThrows(type, call::get).getMessage());
  }

  @Test
  void ofMethodsThatSearchAndTake() {
    Tensor x = Gatun.zeros(2, 3);
    Class<ShapeException> shape = ShapeException.class;
    for (var call :
        Map.<String, Supplier<?>>of(
                "cummax", () -> x.cummax(2),
                "cummin", () -> x.cummin(2),
                "mode", () -> x.mode(2),
                "sort", () -> x.sort(2),
                "max", () -> x.max(2),
                "min", () -> x.min(2),
                "median", () -> x.median(2),
                "kthvalue", () -> x.kthvalue(1, 2, false),
                "swapaxes", () -> x.swapaxes(0, 2),
                "moveaxis", () -> x.moveaxis(0, 2))
            .entrySet()) {
      String message = assertThrows(shape, call.getValue()::get).getMessage();
      assertTrue(Objects.requireNonNull(message).startsWith(call.getKey() + ": "), message);
    }
    assertSays(shape, "topk: 4 of [2, 3]: from 0 to the 3 of axis 1", () -> x.topk(4));
    assertSays(shape, "topk: -1 of [2, 3]: from 0 to the 3 of axis 1", () -> x.topk(-1));
    assertSays(
        DTypeException.class,
        "bucketize: float32 in float64: the operands are of one type",
        () -> x.bucketize(Gatun.zeros(DType.FLOAT64, Shape.of(3))));
    assertSays(
        shape, "mv: [2, 3] x [2]: inner dimensions 3 and 2 differ", () -> x.mv(Gatun.zeros(2)));
    x.close();
    String closed = "matmul: the float32[2, 3] tensor has been closed";
    String message =
        assertThrows(ClosedTensorException.class, () -> x.matmul(Gatun.zeros(3))).getMessage();
    assertTrue(Objects.requireNonNull(message).startsWith(closed), message);
  }

  @Test
  void ofPositionsBeyondAnAxis() {
    Tensor x = Gatun.zeros(2, 3);
    Tensor index = Gatun.tensor(0L, 5L);
    Class<IndexRangeException> type = IndexRangeException.class;
    String rule = ": index 5 (number 1) is outside axis 0 of size 2";
    assertSays(type, "index_select" + rule, () -> x.indexSelect(0, index));
    assertSays(type, "index_add" + rule, () -> x.indexAdd(0, index, x));
    assertSays(type, "index_copy" + rule, () -> x.indexCopy(0, index, x));
  }

  @Test
  void ofMasks() {
    Tensor x = Gatun.zeros(DType.INT8, Shape.of(2, 3));
    Tensor mask = Gatun.ones(DType.BOOL, Shape.of(3));
    Tensor other = Gatun.ones(DType.BOOL, Shape.of(2));
    Class<ArgumentException> type = ArgumentException.class;
    String rule = ": 300 for int8: the type does not hold it";
    assertSays(type, "masked_fill" + rule, () -> x.maskedFill(mask, 300L));
    assertSays(type, "masked_fill_" + rule, () -> x.maskedFill_(mask, 300L));
    assertSays(type, "fill_" + rule, () -> x.fill_(300L));
    assertSays(
        type,
        "masked_fill_: 300.5 for int8: the type does not hold it",
        () -> x.maskedFill_(mask, 300.5));
    for (Supplier<?> call :
        List.<Supplier<?>>of(() -> x.maskedFill_(other, 1), () -> x.maskedScatter_(other, x))) {
      String message = assertThrows(ShapeException.class, call::get).getMessage();
      assertTrue(Objects.requireNonNull(message).startsWith("masked_"), message);
    }
  }
}
