package io.zigma.zoo;

import ai.djl.ndarray.NDList;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;

/**
 * A translator whose model is not run once but in every step of a sampler. Predictors on any thread
 * share one instance, since all state of a request is in the request's context.
 *
 * @param <I> what comes in
 * @param <O> type of the output
 */
abstract class SamplingTranslator<I, O> implements NoBatchifyTranslator<I, O> {

    private static final String INPUT = "input";

    /** Answers a request; arrays belong to the context's manager. */
    abstract O answer(TranslatorContext context, I input) throws TranslateException;

    /** Leaves the model nothing to do: a predictor passes an empty list by it. */
    @Override
    public final NDList processInput(TranslatorContext context, I input) {
        context.setAttachment(INPUT, input);
        return new NDList();
    }

    @Override
    @SuppressWarnings("unchecked") // what processInput has put there
    public final O processOutput(TranslatorContext context, NDList ignored)
            throws TranslateException {
        return answer(context, (I) context.getAttachment(INPUT));
    }
}
