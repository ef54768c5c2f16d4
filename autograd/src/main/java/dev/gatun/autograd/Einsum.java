package dev.gatun.autograd;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Sums of products in Einstein's notation. Operands are taken in from left to right, two at a time,
 * by batches of matrix products; an axis is summed as soon as no later operand has it.
 */
final class Einsum {
  private final String equation;
  private final List<Term> terms = new ArrayList<>();
  private final List<Integer> output = new ArrayList<>();

  /**
   * A tensor whose axes have labels, each a different one: letters, and counted from the end, with
   * negative numbers, where an ellipsis stands for them.
   */
  private record Term(Tensor tensor, List<Integer> labels) {
    long size(int label) {
      return tensor.size(labels.indexOf(label));
    }

    boolean has(int label) {
      return labels.contains(label);
    }

    /** The same without an axis of size 1. */
    Term without(int label) {
      List<Integer> rest = new ArrayList<>(labels);
      rest.remove((Integer) label);
      return new Term(tensor.squeeze(labels.indexOf(label)), rest);
    }

    Term summedBut(Set<Integer> needed) {
      List<Integer> rest = new ArrayList<>();
      List<Integer> axes = new ArrayList<>();
      for (int i = 0; i < labels.size(); i++) {
        if (needed.contains(labels.get(i))) {
          rest.add(labels.get(i));
        } else {
          axes.add(i);
        }
      }
      return axes.isEmpty()
          ? this
          : new Term(
              tensor.sum(axes.stream().mapToInt(Integer::intValue).toArray()).to(tensor.dtype()),
              rest);
    }

    /** The elements with some axes, in order, and the rest of the axes taken out. */
    Tensor arranged(List<Integer> order) {
      return tensor.permute(order.stream().mapToInt(labels::indexOf).toArray());
    }
  }

  private Einsum(String equation) {
    this.equation = equation;
  }

  static Tensor of(String equation, Tensor[] operands) {
    for (Tensor operand : operands) {
      operand.checkOpen("einsum");
    }
    Einsum sum = new Einsum(equation);
    sum.read(operands);
    return sum.evaluate();
  }

  private ArgumentException invalid(String rule) {
    return new ArgumentException("einsum: \"" + equation + "\": " + rule);
  }

  // ---- the equation

  private void read(Tensor[] operands) {
    String text = equation.replace(" ", "");
    int arrow = text.indexOf("->");
    String left = arrow < 0 ? text : text.substring(0, arrow);
    String[] subscripts = left.split(",", -1);
    if (operands.length == 0 || subscripts.length != operands.length) {
      throw invalid(subscripts.length + " terms for " + operands.length + " operands");
    }
    int hidden = 0;
    for (int i = 0; i < operands.length; i++) {
      Term term = labelled(operands[i], subscripts[i]);
      terms.add(term);
      hidden = Math.max(hidden, (int) term.labels.stream().filter(label -> label < 0).count());
    }
    if (arrow < 0) {
      addHidden(hidden, output);
      left.chars()
          .filter(
              label -> Character.isLetter(label) && left.indexOf(label) == left.lastIndexOf(label))
          .sorted()
          .forEach(output::add);
    } else {
      readOutput(text.substring(arrow + 2), hidden);
    }
  }

  private static void addHidden(int count, List<Integer> labels) {
    for (int i = count; i > 0; i--) {
      labels.add(-i);
    }
  }

  private void readOutput(String text, int hidden) {
    List<Integer> labels = labels(text, hidden);
    for (int i = 0; i < labels.size(); i++) {
      int label = labels.get(i);
      if (labels.indexOf(label) != i) {
        throw invalid("'" + (char) label + "' twice in the result");
      }
      if (terms.stream().noneMatch(term -> term.has(label))) {
        throw invalid("'" + (char) label + "' of the result is in no term");
      }
    }
    output.addAll(labels);
  }

  /** Reads subscripts, with some axes for the ellipsis. */
  private List<Integer> labels(String text, int hidden) {
    List<Integer> labels = new ArrayList<>();
    boolean ellipsis = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
        labels.add((int) c);
      } else if (!ellipsis && text.startsWith("...", i)) {
        ellipsis = true;
        addHidden(hidden, labels);
        i += 2;
      } else {
        throw invalid("'" + c + "': terms are made of letters, and of one ellipsis each");
      }
    }
    return labels;
  }

  private Term labelled(Tensor operand, String text) {
    int letters = labels(text, 0).size();
    boolean ellipsis = letters < text.length();
    int hidden = operand.rank() - letters;
    if (hidden < 0 || hidden > 0 && !ellipsis) {
      throw new ShapeException(
          "einsum: " + operand.shape() + " as \"" + text + "\": " + letters + " axes");
    }
    List<Integer> labels = labels(text, hidden);
    Tensor tensor = operand;
    // A label that is repeated stands for a diagonal.
    for (int i = 0; i < labels.size(); ) {
      int last = labels.lastIndexOf(labels.get(i));
      if (last == i) {
        i++;
        continue;
      }
      if (tensor.size(i) != tensor.size(last)) {
        throw new ShapeException(
            "einsum: "
                + operand.shape()
                + " as \""
                + text
                + "\": sizes "
                + tensor.size(i)
                + " and "
                + tensor.size(last)
                + " of a diagonal differ");
      }
      tensor = tensor.diagonal(0, i, last);
      Integer label = labels.get(i);
      labels.remove(last);
      labels.remove(i);
      labels.add(label);
    }
    return new Term(tensor, labels);
  }

  // ---- the sum

  private Tensor evaluate() {
    Term sum = terms.getFirst();
    for (int i = 1; i <= terms.size(); i++) {
      Set<Integer> needed = new HashSet<>(output);
      terms
          .subList(Math.min(i + 1, terms.size()), terms.size())
          .forEach(term -> needed.addAll(term.labels));
      sum = i < terms.size() ? product(sum, terms.get(i), needed) : sum.summedBut(needed);
    }
    return sum.arranged(output);
  }

  private Term product(Term left, Term right, Set<Integer> needed) {
    Term a = left;
    Term b = right;
    for (int label : left.labels) {
      if (b.has(label) && a.size(label) != b.size(label)) {
        if (a.size(label) != 1 && b.size(label) != 1) {
          throw new ShapeException(
              "einsum: \""
                  + equation
                  + "\": "
                  + a.tensor.shape()
                  + " and "
                  + b.tensor.shape()
                  + ": sizes "
                  + a.size(label)
                  + " and "
                  + b.size(label)
                  + " of an axis differ");
        }
        if (a.size(label) == 1) {
          a = a.without(label);
        } else {
          b = b.without(label);
        }
      }
    }
    Set<Integer> ofLeft = new HashSet<>(needed);
    ofLeft.addAll(b.labels);
    Set<Integer> ofRight = new HashSet<>(needed);
    ofRight.addAll(a.labels);
    return matrices(a.summedBut(ofLeft), b.summedBut(ofRight), needed);
  }

  /** Multiplies as batches of matrices: [batch, rows, inner] x [batch, inner, columns]. */
  private static Term matrices(Term a, Term b, Set<Integer> needed) {
    List<Integer> batch = new ArrayList<>();
    List<Integer> inner = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    for (int label : a.labels) {
      (!b.has(label) ? rows : needed.contains(label) ? batch : inner).add(label);
    }
    List<Integer> columns = new ArrayList<>(b.labels);
    columns.removeAll(a.labels);
    Tensor left =
        a.arranged(joined(batch, rows, inner))
            .reshape(count(a, batch), count(a, rows), count(a, inner));
    Tensor right =
        b.arranged(joined(batch, inner, columns))
            .reshape(count(b, batch), count(b, inner), count(b, columns));
    List<Integer> labels = joined(batch, rows, columns);
    long[] sizes = labels.stream().mapToLong(label -> (a.has(label) ? a : b).size(label)).toArray();
    // A product of matrices sums its gradients before it rounds them.
    boolean isMatrices = !inner.isEmpty() || RoundedOnce.isNarrow(left.dtype());
    Tensor product = isMatrices ? left.bmm(right) : left.mul(right);
    return new Term(product.reshape(Shape.of(sizes)), labels);
  }

  private static long count(Term term, List<Integer> labels) {
    long count = 1;
    for (int label : labels) {
      count *= term.size(label);
    }
    return count;
  }

  @SafeVarargs
  private static List<Integer> joined(List<Integer>... parts) {
    List<Integer> all = new ArrayList<>();
    for (List<Integer> part : parts) {
      all.addAll(part);
    }
    return all;
  }
}
