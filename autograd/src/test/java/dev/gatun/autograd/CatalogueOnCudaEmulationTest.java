package dev.gatun.autograd;

import dev.gatun.autograd.check.Check;
import dev.gatun.autograd.check.OpChecks;
import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.memory.AbsentKernelException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The whole catalogue on CUDA beside the CPU: values and gradients of every declaration, on
 * emulated devices. What has no kernels there yet must say so, and is counted.
 */
class CatalogueOnCudaEmulationTest {
  private static final Device DEVICE = Device.cuda(0);

  private static final Set<String> COMPUTED = new TreeSet<>();
  private static final Set<String> ABSENT = new TreeSet<>();
  private static int cases;
  private static int absentCases;

  @BeforeAll
  static void emulate() throws ReflectiveOperationException {
    Emulation.require();
  }

  @TestFactory
  Stream<DynamicContainer> declaredOperations() {
    return Catalogue.all().stream()
        .map(op ->
            DynamicContainer.dynamicContainer(
                op.name(),
                OpChecks.of(op, DEVICE).stream()
                    .filter(check -> isSampled(op, check))
                    .map(
                        check -> DynamicTest.dynamicTest(check.toString(), () -> run(op, check)))));
  }

  /**
   * Of elementwise operations a quarter of the types: all of their formulas are compiled and
   * compared in all types by the kernels' own tests, and gcc takes a tenth of a second for each.
   */
  private static boolean isSampled(Op op, Check check) {
    String last = check.name().substring(check.name().lastIndexOf(' ') + 1);
    return op instanceof StructuralOp<?>
        || Stream.of(DType.values()).noneMatch(dtype -> dtype.typeName().equals(last))
        || Math.floorMod(check.name().hashCode(), 4) == 0;
  }

  private static void run(Op op, Check check) {
    try {
      check.run();
      cases++;
      COMPUTED.add(op.name());
    } catch (AbsentKernelException absent) {
      absentCases++;
      ABSENT.add(op.name() + ": " + absent.operation());
    }
  }

  @AfterAll
  static void writeCounts() throws IOException {
    Properties counts = new Properties();
    counts.setProperty("cuda_ops", Integer.toString(COMPUTED.size()));
    counts.setProperty("cuda_cases", Integer.toString(cases));
    counts.setProperty("cuda_absent_cases", Integer.toString(absentCases));
    Path folder = Files.createDirectories(Path.of("target", "generated-cases"));
    try (var writer = Files.newBufferedWriter(folder.resolve("autograd-cuda.properties"))) {
      counts.store(writer, null);
    }
    Files.write(Path.of("target", "not-on-cuda.txt"), ABSENT);
    Assertions.assertEquals(0, Cuda.memory(DEVICE).inUseBytes(), "bytes in use at the end");
  }
}
