package dev.gatun.autograd.manual;

import dev.gatun.autograd.Catalogue;
import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Op;
import dev.gatun.autograd.PointwiseOp;
import dev.gatun.autograd.Tensor;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Says what there is, and what it does: the text behind {@link Gatun#help} and {@link Gatun#dir}.
 */
public final class Manual {
  /** Folders with sources of Gatun, whose doc comments are shown. */
  private static final String SOURCES = "gatun.sources";

  /** Names stand in cells of this width, in as many as they need. */
  private static final int CELL = 16;

  private static final int CELLS = 5;

  private final Sources sources = Sources.in(System.getProperty(SOURCES, ""));

  /** Makes a manual with what the system property {@code gatun.sources} names. */
  public Manual() {}

  // ---- dir

  /**
   * Lists the names of the public methods and constants of a type.
   *
   * @param type the type
   * @return the names in columns
   */
  public String namesIn(Class<?> type) {
    TreeSet<String> names =
        methods(type).map(Method::getName).collect(Collectors.toCollection(TreeSet::new));
    Arrays.stream(type.getDeclaredFields())
        .filter(field -> Modifier.isPublic(field.getModifiers()) && !field.isSynthetic())
        .forEach(field -> names.add(field.getName()));
    StringBuilder text = new StringBuilder();
    int column = 0;
    for (String name : names) {
      int cells = (name.length() + 2 + CELL - 1) / CELL;
      if (column > 0 && column + cells > CELLS) {
        text.setLength(text.toString().stripTrailing().length());
        text.append('\n');
        column = 0;
      }
      text.append(name).repeat(" ", cells * CELL - name.length());
      column += cells;
    }
    return text.toString().stripTrailing();
  }

  private static Stream<Method> methods(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(method -> method.getDeclaringClass() != Object.class)
        .filter(method -> !method.isBridge() && !method.isSynthetic());
  }

  // ---- help

  /**
   * Explains what has a name: an operation, a method of tensors or of {@link Gatun}, a type, or a
   * method of a type.
   *
   * @param name for example {@code matmul}, {@code log_softmax}, {@code Linear} or {@code
   *     Linear.forward}
   * @return the explanation; where nothing has that name, names that are like it
   */
  public String page(String name) {
    int dot = name.lastIndexOf('.');
    Optional<Class<?>> owner = dot < 0 ? Optional.empty() : typeNamed(name.substring(0, dot));
    String last = camelCase(name.substring(dot + 1));
    List<String> parts = new ArrayList<>();
    if (owner.isPresent()) {
      parts.addAll(pagesOf(owner.get(), last));
    } else {
      parts.addAll(pagesOf(Tensor.class, last));
      parts.addAll(pagesOf(Gatun.class, last));
      typeNamed(name).ifPresent(type -> parts.add(page(type)));
      Catalogue.all().stream()
          .filter(op -> camelCase(op.name()).equals(last))
          .findFirst()
          .ifPresent(op -> parts.addFirst(facts(op)));
    }
    if (parts.isEmpty()) {
      return owner.map(type -> unknown(type, last)).orElseGet(() -> unknown(name));
    }
    return String.join("\n\n", parts);
  }

  /**
   * Explains a type.
   *
   * @param type the type
   * @return its doc comment, where sources are at hand, and the names of its methods
   */
  public String page(Class<?> type) {
    List<String> parts = new ArrayList<>();
    parts.add(type.getName());
    sources.commentOf(type).ifPresent(comment -> parts.add(indented(comment)));
    parts.add(namesIn(type));
    return String.join("\n\n", parts);
  }

  private List<String> pagesOf(Class<?> type, String name) {
    return methods(type)
        .filter(method -> method.getName().equals(name))
        .sorted(
            Comparator.<Method>comparingInt(Method::getParameterCount)
                .thenComparing(Method::toString))
        .map(method -> page(type, method))
        .toList();
  }

  private String page(Class<?> type, Method method) {
    String signature = signature(type, method);
    return sources
        .commentOf(method)
        .map(comment -> signature + "\n" + indented(comment))
        .orElse(signature);
  }

  private static String indented(String comment) {
    return comment.indent(4).replaceAll("(?m) +$", "").stripTrailing();
  }

  private static String signature(Class<?> type, Method method) {
    List<String> parameters = new ArrayList<>();
    for (int i = 0; i < method.getParameterCount(); i++) {
      Class<?> parameter = method.getParameterTypes()[i];
      boolean variable = method.isVarArgs() && i == method.getParameterCount() - 1;
      String typeName =
          variable
              ? parameter.getComponentType().getSimpleName() + "..."
              : parameter.getSimpleName();
      parameters.add(typeName + " " + method.getParameters()[i].getName());
    }
    return method.getReturnType().getSimpleName()
        + " "
        + type.getSimpleName()
        + "."
        + method.getName()
        + "("
        + String.join(", ", parameters)
        + ")";
  }

  private static String facts(Op op) {
    String reason = op.whyNoGradient();
    String facts =
        op.name()
            + ": an operation; gradients: "
            + (reason == null ? "of any order" : "none, " + reason);
    return op instanceof PointwiseOp pointwise
        ? facts + "; PyTorch: " + pointwise.pytorch()
        : facts;
  }

  private Optional<Class<?>> typeNamed(String name) {
    Stream<String> exported =
        Optional.ofNullable(Manual.class.getModule().getLayer())
            .map(layer -> layer.modules().stream())
            .orElse(Stream.empty())
            .filter(module -> module.getName().startsWith("dev.gatun."))
            .map(Module::getDescriptor)
            .flatMap(descriptor -> descriptor.exports().stream())
            .map(ModuleDescriptor.Exports::source)
            .map(packageName -> packageName + "." + name);
    return Stream.concat(sources.typeNamed(name).stream(), exported)
        .map(Manual::load)
        .filter(Objects::nonNull)
        .filter(type -> Modifier.isPublic(type.getModifiers()))
        .<Class<?>>map(type -> type)
        .findFirst();
  }

  private static @Nullable Class<?> load(String name) {
    try {
      return Class.forName(name, false, ClassLoader.getSystemClassLoader());
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  // ---- what is not there

  private static String unknown(Class<?> type, String name) {
    String typeName = type.getSimpleName();
    return typeName + " has no method " + name + ". dir(" + typeName + ".class) lists what it has.";
  }

  private static String unknown(String name) {
    Map<Integer, TreeSet<String>> near = new TreeMap<>();
    String wanted = camelCase(name).toLowerCase(Locale.ROOT);
    Stream.concat(methods(Tensor.class), methods(Gatun.class))
        .map(Method::getName)
        .forEach(known -> {
          int distance = distance(wanted, known.toLowerCase(Locale.ROOT));
          if (distance <= 2) {
            near.computeIfAbsent(distance, any -> new TreeSet<>()).add(known);
          }
        });
    String message = "Nothing is called " + name + ".";
    return near.isEmpty()
        ? message + " dir(Tensor.class) and dir(Gatun.class) list what there is."
        : message
            + " Perhaps you mean "
            + near.values().stream()
                .flatMap(TreeSet::stream)
                .limit(6)
                .collect(Collectors.joining(", "))
            + ".";
  }

  /** Returns how many letters have to be put in, taken out or replaced. */
  private static int distance(String a, String b) {
    int[] above = new int[b.length() + 1];
    Arrays.setAll(above, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
  }

  /** Returns a name of PyTorch's as Gatun writes it; what is written so already stays as it is. */
  private static String camelCase(String name) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char letter = name.charAt(i);
      boolean between = i > 0 && i < name.length() - 1;
      if (letter == '_' && between) {
        i++;
        text.append(Character.toUpperCase(name.charAt(i)));
      } else {
        text.append(letter);
      }
    }
    return text.toString();
  }
}
