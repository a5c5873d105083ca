package io.kiln.nn.kernel;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.JavaBLAS;
import dev.ludovic.netlib.blas.NativeBLAS;

/**
 * The BLAS in use, chosen once a JVM: the bundled OpenBLAS through netlib's JNI, else netlib's
 * Java.
 *
 * <p>The system property {@code kiln.blas} chooses: {@code native} (default: the bundled OpenBLAS,
 * and Java with a word on why if it cannot be loaded) or {@code java} (VectorBLAS where the vector
 * module is on, else plain Java).
 *
 * <p>Which products are done with the Vector API instead is said by {@link Choices}.
 */
public final class Blas {
  private static final Choice CHOICE = choose();

  private Blas() {}

  private record Choice(BLAS blas, boolean isNative, String name, String reason) {}

  /** What is in use, in words for a person: library, version, way of calling, and vectors. */
  public static String name() {
    Machine machine = Machine.here();
    return CHOICE.name
        + (machine.hasVectors() ? " + " + machine.text() : " (" + machine.text() + ")");
  }

  /** Whether native code does the products. */
  public static boolean isNative() {
    return CHOICE.isNative;
  }

  /** Why native code is not in use; empty if it is. */
  public static String reason() {
    return CHOICE.reason;
  }

  public static BLAS get() {
    return CHOICE.blas;
  }

  private static Choice choose() {
    String wanted = System.getProperty("kiln.blas", "native");
    if (wanted.equals("java")) {
      return java("kiln.blas=java was asked for");
    }
    OpenBlas.Loaded loaded = OpenBlas.load();
    if (loaded.library().isEmpty()) {
      return java(loaded.reason());
    }
    System.setProperty("dev.ludovic.netlib.blas.nativeLibPath", loaded.library());
    try {
      BLAS blas = NativeBLAS.getInstance();
      return new Choice(blas, true, loaded.version() + " (bundled, JNI)", "");
    } catch (RuntimeException | LinkageError e) {
      return java(
          "netlib could not load "
              + loaded.library()
              + ": "
              + e.getMessage()
              + "; it unpacks its own part to "
              + System.getProperty("java.io.tmpdir")
              + ", which must be writable and not mounted noexec: give another folder with"
              + " -Djava.io.tmpdir=DIR (of executors by --conf"
              + " spark.executor.extraJavaOptions=-Djava.io.tmpdir=DIR)");
    }
  }

  private static Choice java(String reason) {
    BLAS blas = JavaBLAS.getInstance();
    String name = blas.getClass().getSimpleName();
    return new Choice(blas, false, name + " (Java)", reason);
  }
}
