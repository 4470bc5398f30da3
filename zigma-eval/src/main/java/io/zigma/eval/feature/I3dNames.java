package io.zigma.eval.feature;

import ai.djl.nn.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the two families of files call the tensors of I3D. */
enum I3dNames {
    /** Those of pytorch-i3d, which the network has. */
    PYTORCH_I3D("Conv3d_1a_7x7.conv3d.weight") {
        @Override
        String of(String name) {
            return name;
        }
    },
    /** Those of kinetics_i3d_pytorch, which StyleGAN-V's TorchScript program was made from. */
    KINETICS_I3D_PYTORCH("conv3d_1a_7x7.conv3d.weight") {
        @Override
        String of(String name) {
            return name.replace(".bn.", ".batch3d.")
                    .replace(".b0.", ".branch_0.")
                    .replace(".b1a.", ".branch_1.0.")
                    .replace(".b1b.", ".branch_1.1.")
                    .replace(".b2a.", ".branch_2.0.")
                    .replace(".b2b.", ".branch_2.1.")
                    .replace(".b3b.", ".branch_3.1.") // 0 is the pooling
                    .replace("Mixed_", "mixed_")
                    .replace("Conv3d_", "conv3d_")
                    .replace("logits.", "conv3d_0c_1x1.");
        }
    };

    /** A tensor that no other network here has. */
    private final String first;

    I3dNames(String first) {
        this.first = first;
    }

    /** Returns what the file calls a tensor. */
    abstract String of(String name);

    /** Returns the tensor that files of this family are recognised by. */
    String first() {
        return first;
    }

    /** Returns the network's parameters by the names that the file has for them. */
    Map<String, Parameter> of(Map<String, Parameter> parameters) {
        Map<String, Parameter> named = new LinkedHashMap<>();
        parameters.forEach((name, parameter) -> named.put(of(name), parameter));
        return named;
    }
}
