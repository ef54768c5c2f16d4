package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Products over chosen axes against sums over all of them, term by term. */
@ExtendWith(TestScope.class)
class ContractionsTest {
  private static final Map<Character, Integer> SIZES =
      Map.of('a', 2, 'b', 3, 'c', 4, 'd', 1, 'e', 5, 'Z', 2);

  private final Generator generator = new Generator(11);

  private Tensor random(long... sizes) {
    return Gatun.randn(DType.FLOAT64, Shape.of(sizes), generator);
  }

  private Tensor operand(String labels) {
    return random(labels.chars().mapToLong(c -> SIZES.get((char) c)).toArray());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ab,bc->ac",
        "ab,cb->ca",
        "ab->ba",
        "ab->",
        "aa->a",
        "aa->",
        "aab->b",
        "abb,bc->ca",
        "a,b->ab",
        "a,a->",
        "a,a->a",
        "abc,acb->ab",
        "abc,bd,ce->aed",
        "ab,bc,cd,de->ae",
        "ab,ab,ab->b",
        "Zab,Zbc->Zac",
        "abc,e->",
        ",ab->ab",
        "abc->cab"
      })
  void sumsOfProducts(String equation) {
    String[] sides = equation.split("->", -1);
    String[] terms = sides[0].split(",", -1);
    Tensor[] operands = new Tensor[terms.length];
    for (int i = 0; i < terms.length; i++) {
      operands[i] = operand(terms[i]).requiresGrad_();
    }
    Tensor result = Gatun.einsum(equation, operands);
    assertArrayEquals(
        sides[1].chars().mapToLong(c -> SIZES.get((char) c)).toArray(), result.shape().toArray());
    Map<String, Double> sums = new LinkedHashMap<>();
    String labels =
        sides[0]
            .replace(",", "")
            .chars()
            .distinct()
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    add(labels, new HashMap<>(), terms, operands, sides[1], sums);
    sums.forEach((at, sum) -> assertEquals(sum, element(result, at), 1e-12, equation + at));
    if (result.numel() > 0) {
      result.sum().backward();
      for (Tensor operand : operands) {
        assertEquals(operand.shape(), Objects.requireNonNull(operand.grad()).shape());
      }
    }
  }

  private static void add(
      String labels,
      Map<Character, Integer> at,
      String[] terms,
      Tensor[] operands,
      String output,
      Map<String, Double> sums) {
    if (!labels.isEmpty()) {
      char first = labels.charAt(0);
      for (int i = 0; i < SIZES.get(first); i++) {
        at.put(first, i);
        add(labels.substring(1), at, terms, operands, output, sums);
      }
      return;
    }
    double product = 1;
    for (int i = 0; i < terms.length; i++) {
      product *= element(operands[i].detach(), place(terms[i], at));
    }
    sums.merge(place(output, at), product, Double::sum);
  }

  private static String place(String labels, Map<Character, Integer> at) {
    StringBuilder text = new StringBuilder();
    labels.chars().forEach(c -> text.append((char) ('0' + at.get((char) c))));
    return text.toString();
  }

  private static double element(Tensor tensor, String at) {
    Tensor element = tensor.detach();
    for (char c : at.toCharArray()) {
      element = element.select(0, c - '0');
    }
    return element.item();
  }

  private static void assertClose(Tensor expected, Tensor actual) {
    assertEquals(expected.shape(), actual.shape());
    assertTrue(expected.allclose(actual), () -> expected + " and " + actual);
  }

  @Test
  void resultsThatAreNotNamed() {
    Tensor a = random(2, 3);
    Tensor b = random(3, 4);
    assertClose(a.mm(b), Gatun.einsum("ij,jk", a, b));
    assertClose(a.mm(b).mT(), Gatun.einsum("bc, ca", a, b));
    assertClose(a.sum(), Gatun.einsum("ij->", a));
    assertClose(a.mT(), Gatun.einsum("ba", a));
  }

  @Test
  void ellipsesBroadcast() {
    Tensor a = random(5, 1, 2, 3);
    Tensor b = random(4, 3, 2);
    assertClose(a.matmul(b), Gatun.einsum("...ij,...jk->...ik", a, b));
    assertClose(a.matmul(b), Gatun.einsum("...ij,...jk", a, b));
    assertClose(a.sum(0, 1), Gatun.einsum("...ij->ij", a));
    assertClose(a.mul(b.mT()), Gatun.einsum("...,...", a, b.mT()));
    assertClose(
        random(1, 3).sum(0).mul(0), Gatun.einsum("ij,ij->j", random(1, 3), random(4, 3)).mul(0));
  }

  @Test
  void sumsThatCannotBe() {
    Tensor a = random(2, 3);
    assertThrows(ArgumentException.class, () -> Gatun.einsum("ij,jk->ik", a));
    assertThrows(ArgumentException.class, () -> Gatun.einsum("ij->ii", a));
    assertThrows(ArgumentException.class, () -> Gatun.einsum("ij->k", a));
    assertThrows(ArgumentException.class, () -> Gatun.einsum("i.j->i", a));
    assertThrows(ArgumentException.class, () -> Gatun.einsum("i1", a));
    assertThrows(ShapeException.class, () -> Gatun.einsum("ijk->i", a));
    assertThrows(ShapeException.class, () -> Gatun.einsum("i", a));
    assertThrows(ShapeException.class, () -> Gatun.einsum("ii->i", a));
    assertThrows(ShapeException.class, () -> Gatun.einsum("ij,jk->ik", a, a));
  }

  @Test
  void integersStayIntegers() {
    Tensor a = Gatun.arange(6).to(DType.INT32).reshape(2, 3);
    Tensor sum = Gatun.einsum("ij,ij->i", a, a);
    assertEquals(DType.INT32, sum.dtype());
    assertArrayEquals(new double[] {5, 50}, sum.toDoubleArray());
  }

  @Test
  void productsOverAxes() {
    Tensor a = random(2, 3, 4);
    Tensor b = random(4, 3, 5);
    assertClose(
        Gatun.einsum("abc,cbe->ae", a, b), a.tensordot(b, new int[] {1, -1}, new int[] {1, 0}));
    assertClose(Gatun.einsum("abc,cde->abde", a, b), a.tensordot(b, 1));
    assertClose(
        Gatun.einsum("ab,cd->abcd", a.select(0, 0), a.select(0, 1)),
        a.select(0, 0).tensordot(a.select(0, 1), 0));
    assertClose(Gatun.einsum("abc,dc->abd", a, a.select(0, 0)), a.inner(a.select(0, 0)));
    assertThrows(ShapeException.class, () -> a.tensordot(b, 2));
    assertThrows(ShapeException.class, () -> a.tensordot(b, new int[] {1, 1}, new int[] {1, 1}));
  }

  @Test
  void blocksForEachElement() {
    Tensor product = Gatun.tensor(new double[][] {{1, 2}, {3, 4}}).kron(Gatun.tensor(1.0, 10.0));
    assertEquals(Shape.of(2, 4), product.shape());
    assertArrayEquals(new double[] {1, 10, 2, 20, 3, 30, 4, 40}, product.toDoubleArray());
    assertArrayEquals(
        new double[] {-3, 6, -3},
        Gatun.tensor(1.0, 2.0, 3.0).cross(Gatun.tensor(4.0, 5.0, 6.0), 0).toDoubleArray());
    assertThrows(ShapeException.class, () -> random(2).cross(random(2), 0));
    assertThrows(ShapeException.class, () -> random(2, 3).cross(random(3), 1));
  }

  @Test
  void productsAreAdded() {
    Tensor a = random(6, 2, 3);
    Tensor b = random(6, 3, 4);
    Tensor matrix = random(2, 4);
    assertClose(a.bmm(b).mul(3.0).add(matrix.mul(2.0)), matrix.baddbmm(a, b, 2, 3));
    assertClose(a.bmm(b).sum(0).add(matrix), matrix.addbmm(a, b));
    Tensor m = a.select(0, 0);
    Tensor v = random(3);
    assertClose(m.mv(v), Gatun.full(DType.FLOAT64, Shape.of(2), Double.NaN).addmv(m, v, 0, 1));
    assertClose(
        matrix.add(m.select(1, 0).outer(b.select(0, 0).select(0, 0))),
        matrix.addr(m.select(1, 0), b.select(0, 0).select(0, 0)));
    assertThrows(ShapeException.class, () -> random(5, 2).addmv(m, v));
  }

  @Test
  void powersOfMatrices() {
    Tensor m = random(2, 3, 3);
    assertClose(m.bmm(m).bmm(m).bmm(m).bmm(m), m.matrixPower(5));
    assertClose(m, m.matrixPower(1));
    assertClose(m.inverse().bmm(m.inverse()), m.matrixPower(-2));
    assertClose(Gatun.eye(3).to(DType.FLOAT64).broadcastTo(Shape.of(2, 3, 3)), m.matrixPower(0));
    assertThrows(ShapeException.class, () -> random(2, 3).matrixPower(2));
  }
}
