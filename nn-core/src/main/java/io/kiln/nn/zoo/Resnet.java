package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Scope;
import io.kiln.nn.layer.Sequential;
import java.util.ArrayList;
import java.util.List;

/**
 * Residual networks (He, Zhang, Ren and Sun 2016, "Deep residual learning for image recognition").
 *
 * <p>resnet18, 34, 50, 101 and 152 are those for ImageNet, with the names of torchvision: conv1,
 * bn1, layer1.0.conv1, …, layer2.0.downsample.0, …, fc. resnet20, 32, 44, 56 and 110 are those for
 * CIFAR-10, with the names of akamaster/pytorch_resnet_cifar10: conv1, bn1, layer1.0.conv1, …,
 * linear.
 *
 * <p>Shapes: x {@code [n, c, h, w]} of any size → scores {@code [n, outputs]}.
 *
 * @param body the layers
 */
public record Resnet(Sequential body) implements NamedModel {
  /** resnet18, resnet20, … */
  public static List<String> names() {
    List<String> names = new ArrayList<>(Variants.names("resnet", ImagenetResnet.STAGES));
    names.addAll(Variants.names("resnet", CifarResnet.BLOCKS));
    return names;
  }

  /** Reads {@code outputs}, and of the networks for CIFAR-10 {@code shortcut: A|B} (A). */
  public static Resnet from(Settings settings, SampleSpec spec) {
    int depth = Variants.number(settings);
    int outputs = Outputs.from(settings, spec);
    boolean projects =
        CifarResnet.BLOCKS.containsKey(depth)
            && settings.choice("shortcut", "A", "A", "B").equals("B");
    settings.finish();
    return of(depth, outputs, projects);
  }

  /** The network of that many layers; the shortcuts of those for CIFAR-10 have no parameters. */
  public static Resnet of(int depth, int outputs) {
    return of(depth, outputs, false);
  }

  /**
   * The network of that many layers.
   *
   * @param projects whether those for CIFAR-10 have shortcuts with parameters (option B), as the
   *     others always have
   */
  public static Resnet of(int depth, int outputs, boolean projects) {
    return new Resnet(
        CifarResnet.BLOCKS.containsKey(depth)
            ? CifarResnet.body(depth, outputs, projects)
            : ImagenetResnet.body(depth, outputs));
  }

  @Override
  public Var forward(Scope scope, List<Var> inputs) {
    return body.forward(scope, inputs.get(0));
  }
}
