package io.kiln.nn.kernel;

import java.lang.reflect.Constructor;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the loops written with the Vector API, where the JVM has it: the module {@code
 * jdk.incubator.vector} must be added, as the Spark launcher does, and {@code -Dkiln.vector=false}
 * must not be set. Without it everything works, slower.
 */
final class Vectors {
  private static final String MODULE = "jdk.incubator.vector";

  /** Width from which products in Java are as fast as a native BLAS: there are 32 registers. */
  private static final int WIDE = 512;

  private static final int BITS = findBits();

  private Vectors() {}

  /** Bits of a vector, 0 if the loops of the Vector API are not used. */
  static int bits() {
    return BITS;
  }

  /** Whether products are done with the Vector API too. */
  static boolean multiply() {
    return BITS >= WIDE;
  }

  private static int findBits() {
    boolean allowed = !System.getProperty("kiln.vector", "true").equals("false");
    if (!allowed || ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return 0;
    }
    try {
      Class<?> found = Class.forName(Vectors.class.getPackageName() + ".VectorBits");
      return ((IntSupplier) found.getDeclaredConstructor().newInstance()).getAsInt();
    } catch (ReflectiveOperationException | LinkageError e) {
      return 0; // not built in, or another JVM's Vector API
    }
  }

  /** The products with vectors if they are wide enough, else the BLAS. */
  static Matrix matrix(String name, Matrix blas) {
    return multiply() ? orPlain(Matrix.class, name, blas) : blas;
  }

  /** The loops for images of that width, or null if products are not done with vectors. */
  static @Nullable ImageKernels images(String width) {
    if (!multiply()) {
      return null;
    }
    try {
      return new ImageKernels(
          make(IndirectMatrix.class, width + "VectorIndirect"),
          make(ChannelsLast.class, width + "VectorChannelsLast"),
          make(PixelPooling.class, width + "VectorPixelPooling"),
          make(Winograd.class, width + "VectorWinograd"));
    } catch (ReflectiveOperationException | LinkageError e) {
      return null;
    }
  }

  private static <T> T make(Class<T> type, String name) throws ReflectiveOperationException {
    Class<?> found = Class.forName(Vectors.class.getPackageName() + "." + name);
    return type.cast(found.getDeclaredConstructor().newInstance());
  }

  /** The class of that name, or the plain one. */
  static Exponentials.Runs orPlain(String name, Exponentials.Runs plain) {
    if (BITS == 0) {
      return plain;
    }
    try {
      return make(Exponentials.Runs.class, name);
    } catch (ReflectiveOperationException | LinkageError e) {
      return plain;
    }
  }

  /** The class of that name made with the plain one, or the plain one. */
  static <T> T orPlain(Class<T> type, String name, T plain) {
    if (BITS == 0) {
      return plain;
    }
    try {
      Constructor<?> constructor =
          Class.forName(Vectors.class.getPackageName() + "." + name).getDeclaredConstructor(type);
      return type.cast(constructor.newInstance(plain));
    } catch (ReflectiveOperationException | LinkageError e) {
      return plain;
    }
  }
}
