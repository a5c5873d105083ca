package io.kiln.nn.data;

import io.kiln.nn.tensor.Shape;
import java.util.List;

/**
 * What one sample looks like.
 *
 * @param inputs shape of each input of one sample, without the batch axis; most sets have one
 * @param target shape of the target of one sample: {@code []} for a class index or a number
 * @param classes number of classes if the target holds class indices, 0 for regression
 * @param classNames names of the classes, or empty
 * @param scale what the targets of a regression stand for
 */
public record SampleSpec(
    List<Shape> inputs, Shape target, int classes, List<String> classNames, TargetScale scale) {
  /** Copies the lists. */
  public SampleSpec {
    inputs = List.copyOf(inputs);
    classNames = List.copyOf(classNames);
    if (!classNames.isEmpty() && classNames.size() != classes) {
      throw new IllegalArgumentException(
          "sample: "
              + classNames.size()
              + " class names came but there are "
              + classes
              + " classes");
    }
  }

  /** Samples whose targets are as in the data. */
  public SampleSpec(List<Shape> inputs, Shape target, int classes, List<String> classNames) {
    this(inputs, target, classes, classNames, TargetScale.NONE);
  }

  /** A regression set of one input and that many numbers to be given; one is the target []. */
  public static SampleSpec regression(Shape input, int outputs) {
    if (outputs < 1) {
      throw new IllegalArgumentException(
          "sample: " + outputs + " outputs came but 1 or more are needed");
    }
    Shape target = outputs == 1 ? Shape.of() : Shape.of(outputs);
    return new SampleSpec(List.of(input), target, 0, List.of());
  }

  /** A classification set of one input. */
  public static SampleSpec classification(Shape input, int classes) {
    return new SampleSpec(List.of(input), Shape.of(), classes, List.of());
  }
}
