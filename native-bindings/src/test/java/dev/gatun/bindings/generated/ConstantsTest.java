package dev.gatun.bindings.generated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bindings.Evidence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Constants are those of another project's bindings, which were made by another tool from the
 * headers of a later release. Its classes are read as files: initialising one would load the
 * libraries.
 */
class ConstantsTest {
  /** Pointers, which the other project has no constants for. */
  private static final Set<String> POINTERS = Set.of("CU_STREAM_LEGACY", "CU_STREAM_PER_THREAD");

  private static final Map<String, Long> THEIRS = new HashMap<>();

  @BeforeAll
  static void readTheirs() {
    for (String type : List.of("cudart", "cublas", "nvrtc", "cudnn")) {
      String file = "/org/bytedeco/cuda/global/" + type + ".class";
      try (var stream = ConstantsTest.class.getResourceAsStream(file)) {
        assertNotNull(stream, file);
        for (var field : ClassFile.of().parse(stream.readAllBytes()).fields()) {
          field
              .findAttribute(Attributes.constantValue())
              .ifPresent(constant -> {
                if (constant.constant().constantValue() instanceof Number number) {
                  THEIRS.put(field.fieldName().stringValue(), number.longValue());
                }
              });
        }
      } catch (IOException unread) {
        throw new UncheckedIOException(unread);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void areThoseOfOthers(SymbolList list) {
    var differing = new TreeMap<String, String>();
    var unknown = new TreeSet<String>();
    int compared = 0;
    for (String name : list.names("constant")) {
      Long theirs = THEIRS.get(name);
      if (theirs == null) {
        unknown.add(name);
      } else if (theirs == HeadersTest.value(list, name)) {
        compared++;
      } else {
        differing.put(name, HeadersTest.value(list, name) + " here, " + theirs + " there");
      }
    }
    assertEquals(Map.of(), differing);
    assertTrue(POINTERS.containsAll(unknown), unknown::toString);
    Evidence.count("constants_compared", list.list(), compared);
  }
}
