package io.zigma.bench;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import io.zigma.backbone.BackboneSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Small models of one architecture with equally many parameters, side by side on a single image of
 * as many tokens: what a mixer costs.
 */
final class ComparisonBench {

    private final BenchCase benchCase;
    private final Effort effort;

    ComparisonBench(BenchCase benchCase, Effort effort) {
        this.benchCase = benchCase;
        this.effort = effort;
    }

    /** Measures a forward pass and a training step of each, all in turn. */
    void run(BenchReport report, NDManager parent) {
        Map<String, BenchModel> models = new LinkedHashMap<>();
        try (NDManager manager = parent.newSubManager()) {
            sized().forEach((name, model) -> models.put(name, new BenchModel(model, manager)));
            Contest forward = new Contest(effort);
            Contest training = new Contest(effort);
            models.forEach(
                    (name, model) -> {
                        report.compared(name, parameters(model));
                        forward.add(
                                name + BenchReport.FORWARD,
                                Trial.of(model.manager(), model::forward));
                        training.add(
                                name + BenchReport.TRAIN_STEP,
                                Trial.of(model.manager(), model::forwardBackward));
                    });
            report.timings(forward.run());
            report.timings(training.run());
        } finally {
            models.values().forEach(BenchModel::close);
        }
    }

    /** Returns the models at the case's number of tokens, without those that it does not suit. */
    private Map<String, BenchCase> sized() {
        Map<String, BenchCase> cases = new LinkedHashMap<>();
        for (Map.Entry<String, ? extends BackboneSpec> entry :
                benchCase.model().kind().comparison().entrySet()) {
            BenchPreset preset = new BenchPreset(entry.getKey(), entry.getValue(), 1);
            try {
                cases.put(entry.getKey(), BenchCase.of(preset, benchCase.tokens(), 1));
            } catch (IllegalArgumentException e) {
                continue; // such as a map that cannot be cut into windows
            }
        }
        return cases;
    }

    private static long parameters(BenchModel model) {
        return model.model().namedParameters().values().stream()
                .map(Parameter::getShape)
                .mapToLong(shape -> shape.size())
                .sum();
    }
}
