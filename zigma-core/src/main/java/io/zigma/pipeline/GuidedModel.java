package io.zigma.pipeline;

import ai.djl.ndarray.NDManager;
import io.zigma.condition.Condition;
import io.zigma.condition.Prompt;
import io.zigma.nn.Pass;
import io.zigma.sampler.Denoiser;
import io.zigma.sampler.Guidance;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The model of a request as its sampler sees it: prompts filled in, and guided by the null
 * condition, a weaker model or a classifier.
 */
final class GuidedModel {

    private final ResolvedRequest request;
    private final GeneratorModel model;
    private final int images;

    /**
     * Prepares the model for a batch.
     *
     * @param request whose model, guides and strength of guidance these are
     * @param images B, which the listener gets with each evaluation
     */
    GuidedModel(ResolvedRequest request, int images) {
        this.request = request;
        this.model = request.model();
        this.images = images;
    }

    /**
     * Returns the model with its prompts, between these and another where the request goes from
     * prompt to prompt.
     *
     * @param scope owner of the conditions
     * @param prompts B of them
     * @param fractions of the way to the other prompt, one a sample, 0 … 1
     * @param attention records what the prompts are attended to, if it is wanted
     */
    Denoiser of(
            NDManager scope,
            List<Prompt> prompts,
            double[] fractions,
            Optional<AttentionRecorder> attention) {
        Denoiser near = guided(scope, prompts, attention);
        ClassifierGuide classifier = request.guides().classifier();
        if (classifier != null) {
            return classifier.guide(
                    near,
                    model.config(),
                    scope,
                    classifier.classes(prompts, model.config().labels()));
        }
        Prompt towards = request.noise().towards();
        if (towards == null) {
            return near;
        }
        List<Prompt> others = Collections.nCopies(prompts.size(), towards);
        Denoiser far = guided(scope, others, Optional.empty());
        return (x, t) -> far.at(x, t).mixed(near.at(x, t), fractions);
    }

    /**
     * Returns the model with a condition and without guidance.
     *
     * @param how it is evaluated
     * @param condition of each sample (B, …)
     */
    Denoiser conditional(Pass how, Condition condition) {
        return model.denoiser(how, condition, () -> evaluated(false));
    }

    /** The model with its condition filled in, guided where guidance works. */
    private Denoiser guided(
            NDManager scope, List<Prompt> prompts, Optional<AttentionRecorder> attention) {
        Pass how = attention.map(model.pass()::withAttention).orElse(model.pass());
        Condition wanted = model.encoder().encode(scope, prompts);
        Denoiser conditional = conditional(how, wanted);
        if (!request.guidance().guides()) {
            return conditional;
        }
        ImageGenerator guide = request.guides().weaker();
        if (guide != null) {
            Denoiser weaker =
                    guide.model().denoiser(guide.model().pass(), wanted, () -> evaluated(false));
            return Guidance.of(conditional, weaker, model.process(), request.guidance());
        }
        if (wanted.isNone()) {
            return conditional;
        }
        Condition both = wanted.concat(model.encoder().none(scope, prompts)); // (2B, …)
        Denoiser twice = model.denoiser(how, both, () -> evaluated(true));
        return Guidance.batched(twice, conditional, model.process(), request.guidance());
    }

    private void evaluated(boolean withAndWithout) {
        request.listener().evaluated(images, withAndWithout);
    }
}
