package dev.gatun.bench.fork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForkedJvmTest {

  /** Says what it was given, or fails with the status it was told. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      if (arguments[0].equals("fail")) {
        System.err.println("something is missing");
        System.exit(3);
      }
      System.out.println(arguments[0]);
      System.out.println(System.getProperty("gatun.threads"));
      System.out.println(System.getenv("OPENBLAS_NUM_THREADS"));
    }
  }

  @Test
  void passesArgumentsAndTheNumberOfThreads() throws Exception {
    var lines = new ArrayList<String>();
    new ForkedJvm(Program.class, 3).run(List.of("hello"), lines::add);
    assertEquals(List.of("hello", "3", "3"), lines);
  }

  @Test
  void failureCarriesStatusAndErrorOutput() {
    var fork = new ForkedJvm(Program.class, 1);
    var error =
        assertThrows(ForkFailedException.class, () -> fork.run(List.of("fail"), line -> {}));
    assertTrue(error.getMessage().contains("status 3"), error.getMessage());
    assertTrue(error.getMessage().contains("something is missing"), error.getMessage());
  }
}
