package io.zigma.sampler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.zigma.diffusion.Denoised;
import io.zigma.diffusion.DiffusionProcess;

/**
 * A network together with the meaning of its output. The network's own intermediate arrays are
 * closed before it returns.
 *
 * @param network the network
 * @param process what it was trained on
 */
public record ModelDenoiser(Network network, DiffusionProcess process) implements Denoiser {

    @Override
    public Denoised at(NDArray x, double t) {
        return process.interpret(output(x, t), x, t);
    }

    private NDArray output(NDArray x, double t) {
        try (NDManager scope = x.getManager().newSubManager()) {
            NDArray input = x.duplicate();
            input.attach(scope);
            float time = (float) process.modelTime(t);
            NDArray output = network.predict(input, scope.full(new Shape(x.size(0)), time)); // (B)
            output.attach(x.getManager());
            return output;
        }
    }
}
