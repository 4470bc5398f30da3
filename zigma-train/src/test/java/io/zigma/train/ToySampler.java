package io.zigma.train;

import ai.djl.ndarray.NDArray;
import io.zigma.base.Setting;
import io.zigma.base.Settings;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.sampler.Denoiser;
import io.zigma.sampler.NoiseSource;
import io.zigma.sampler.Sampler;
import io.zigma.sampler.SamplerKind;
import io.zigma.sampler.SamplerSpec;
import io.zigma.sampler.Start;
import io.zigma.sampler.StepListener;
import java.util.List;
import java.util.Map;

/** A sampler of another program in one class: what the model expects at first is the sample. */
public record ToySampler(int steps) implements Sampler {

    public static final SamplerKind KIND =
            new SamplerKind() {
                @Override
                public String name() {
                    return "toy-jump";
                }

                @Override
                public String purpose() {
                    return "one jump from noise to data";
                }

                @Override
                public List<Setting> settings() {
                    return List.of();
                }

                @Override
                public Sampler create(int steps, Settings values) {
                    return new ToySampler(steps);
                }
            };

    @Override
    public String label() {
        return KIND.name();
    }

    @Override
    public SamplerSpec spec() {
        return new SamplerSpec(label(), steps, Map.of());
    }

    @Override
    public boolean adaptive() {
        return false;
    }

    @Override
    public NDArray sample(
            Denoiser model,
            DiffusionProcess process,
            Start start,
            NoiseSource noise,
            StepListener listener) {
        NDArray data = model.at(start.x(), start.t()).data();
        for (int step = 1; step <= steps; step++) {
            listener.afterStep(new StepListener.Step(step, steps, process.end(), data, data));
        }
        return data;
    }
}
