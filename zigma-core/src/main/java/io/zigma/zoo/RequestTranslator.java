package io.zigma.zoo;

import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;

/** Requests to results with recipes. */
final class RequestTranslator extends SamplingTranslator<GenerationRequest, GenerationResult> {

    private final LoadedCheckpoint checkpoint;

    RequestTranslator(LoadedCheckpoint checkpoint) {
        this.checkpoint = checkpoint;
    }

    @Override
    GenerationResult answer(TranslatorContext context, GenerationRequest input)
            throws TranslateException {
        return checkpoint.generate(context, input);
    }
}
