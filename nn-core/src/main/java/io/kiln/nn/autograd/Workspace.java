package io.kiln.nn.autograd;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The buffers of one thread: numbered slots that {@link MemoryPlan} hands out, one working memory
 * for the op that runs now, one for gradients that must be added. Slots only grow, so the tapes of
 * a full and of a partial batch share them.
 */
public final class Workspace {
  private final DType dtype;
  private final List<Tensor> slots = new ArrayList<>();
  private final Map<Shape, Tensor> temporaries = new HashMap<>();
  private Tensor scratch;
  private Tensor temporary;

  /** No buffers yet. */
  public Workspace(DType dtype) {
    this.dtype = dtype;
    this.scratch = Tensor.zeros(Shape.of(0), dtype);
    this.temporary = scratch;
  }

  /** Numbers in all buffers together. */
  public long count() {
    long count = (long) scratch.count() + temporary.count();
    for (Tensor slot : slots) {
      count += slot.count();
    }
    return count;
  }

  Tensor slot(int number, int count) {
    while (slots.size() <= number) {
      slots.add(Tensor.zeros(Shape.of(0), dtype));
    }
    if (slots.get(number).count() < count) {
      slots.set(number, Tensor.zeros(Shape.of(count), dtype));
    }
    return slots.get(number);
  }

  Tensor scratch(int count) {
    if (scratch.count() < count) {
      scratch = Tensor.zeros(Shape.of(count), dtype);
    }
    return scratch.slice(0, Shape.of(count));
  }

  Tensor temporary(Shape shape) {
    if (temporary.count() < shape.count()) {
      temporary = Tensor.zeros(Shape.of(shape.count()), dtype);
      temporaries.clear();
    }
    Tensor part = temporaries.get(shape);
    if (part == null) {
      part = temporary.slice(0, shape);
      temporaries.put(shape, part);
    }
    return part;
  }
}
