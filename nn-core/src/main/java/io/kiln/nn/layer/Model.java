package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import java.util.List;

/** A network as a function of all inputs of a sample; most have one, see {@link #of}. */
@FunctionalInterface
public interface Model {
  /** Records the network; each input has the batch axis first. */
  Var forward(Scope scope, List<Var> inputs);

  /** A network that is one layer (usually a {@link Sequential}) on the only input. */
  static Model of(Layer layer) {
    return (scope, inputs) -> layer.forward(scope, inputs.get(0));
  }
}
