package io.kiln.nn.check;

import java.util.ArrayList;
import java.util.List;

/** All cases, family by family. */
public final class OpCases {
  private OpCases() {}

  /** Every case. */
  public static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    cases.addAll(BasicCases.all());
    cases.addAll(ActivationCases.all());
    cases.addAll(SequenceCases.all());
    cases.addAll(AlgebraCases.all());
    cases.addAll(ArithmeticCases.all());
    cases.addAll(LossCases.all());
    cases.addAll(NormCases.all());
    cases.addAll(ImageCases.all());
    cases.addAll(NetCases.all());
    return cases;
  }
}
