package io.kiln.nn.kernel;

import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;

/**
 * The loops written with the Vector API, found by name because they are compiled apart; plain ones
 * where {@link Machine} has no vectors. Where it has them, a class that is missing is an error.
 */
final class Vectors {
  private Vectors() {}

  /** The loops for images of that width, or null if there are no vectors. */
  static @Nullable ImageKernels images(String width) {
    if (!Machine.here().channelsLast()) {
      return null;
    }
    return new ImageKernels(
        make(IndirectMatrix.class, width + "VectorIndirect"),
        make(ChannelsLast.class, width + "VectorChannelsLast"),
        make(PixelPooling.class, width + "VectorPixelPooling"),
        make(Winograd.class, width + "VectorWinograd"));
  }

  /** The class of that name, or the plain one without vectors. */
  static Exponentials.Runs orPlain(String name, Exponentials.Runs plain) {
    return Machine.here().hasVectors() ? make(Exponentials.Runs.class, name) : plain;
  }

  /** The class of that name made with the plain one, or the plain one without vectors. */
  static <T> T orPlain(Class<T> type, String name, T plain) {
    return Machine.here().hasVectors() ? make(type, name, type, plain) : plain;
  }

  private static <T> T make(Class<T> type, String name) {
    return make(type, name, null, null);
  }

  private static <T> T make(
      Class<T> type, String name, @Nullable Class<T> argument, @Nullable T value) {
    try {
      Class<?> found = Class.forName(Vectors.class.getPackageName() + "." + name);
      return type.cast(
          argument == null
              ? found.getDeclaredConstructor().newInstance()
              : found.getDeclaredConstructor(argument).newInstance(value));
    } catch (InvocationTargetException e) {
      throw missing(name, e.getCause() == null ? e : e.getCause());
    } catch (ReflectiveOperationException | LinkageError e) {
      throw missing(name, e);
    }
  }

  private static IllegalStateException missing(String name, Throwable cause) {
    return new IllegalStateException(
        "kernels: the loops "
            + name
            + " cannot be had ("
            + cause
            + ") but this JVM has vectors; build again with its JDK, or give -Dkiln.vector=false",
        cause);
  }
}
