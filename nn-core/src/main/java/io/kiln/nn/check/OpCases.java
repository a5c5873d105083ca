package io.kiln.nn.check;

import java.util.ArrayList;
import java.util.List;

/** The table: every op, every layer and loss, and whole networks. */
public final class OpCases {
  private OpCases() {}

  /** All rows, family by family. */
  public static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    cases.addAll(BasicCases.all());
    cases.addAll(ActivationCases.all());
    cases.addAll(ArithmeticCases.all());
    cases.addAll(PointwiseCases.all());
    cases.addAll(AlgebraCases.all());
    cases.addAll(SequenceCases.all());
    cases.addAll(ImageCases.all());
    cases.addAll(ChannelsLastCases.all());
    cases.addAll(NormCases.all());
    cases.addAll(LossCases.all());
    cases.addAll(LayerCases.all());
    cases.addAll(ImageLayerCases.all());
    cases.addAll(SequenceLayerCases.all());
    cases.addAll(BranchLayerCases.all());
    cases.addAll(LossLayerCases.all());
    cases.addAll(FurtherLayerCases.all());
    cases.addAll(NetCases.all());
    cases.addAll(ZooNetCases.all());
    return cases;
  }
}
