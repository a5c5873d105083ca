package io.kiln.spark.ml;

import org.apache.spark.ml.util.Identifiable$;
import org.jspecify.annotations.Nullable;

/**
 * The uid of a stage under construction. Stages of Spark ML make their parameters in the
 * superclass's constructor, and each takes the stage's uid at once: before a class written in Java
 * can have set it. So it is put here first, and {@code uid()} takes it when it is first asked.
 */
final class Uid {
  private static final ThreadLocal<@Nullable String> NEXT = new ThreadLocal<>();

  private final String text;

  private Uid(String text) {
    this.text = text;
  }

  /** The uid. */
  String text() {
    return text;
  }

  /** The uid that the stage which this thread constructs now is to have. */
  static Uid next(String uid) {
    NEXT.set(uid);
    return new Uid(uid);
  }

  /** A random one, e.g. {@code kilnClassifier_1a2b3c4d5e6f}. */
  static String random(String prefix) {
    return Identifiable$.MODULE$.randomUID(prefix);
  }

  /** What {@link #next} was given. */
  static String take() {
    String uid = NEXT.get();
    if (uid == null) {
      throw new IllegalStateException("ml: a stage without a uid");
    }
    NEXT.remove();
    return uid;
  }
}
