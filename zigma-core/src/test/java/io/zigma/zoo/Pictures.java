package io.zigma.zoo;

import ai.djl.inference.Predictor;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import io.zigma.media.PngFile;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import java.util.Arrays;
import java.util.List;

/** Pictures as the bytes of their files, recipe included, so that tests can compare them. */
final class Pictures {

    private Pictures() {}

    static Criteria.Builder<GenerationRequest, GenerationResult> criteria() {
        return Criteria.builder().setTypes(GenerationRequest.class, GenerationResult.class);
    }

    static List<Integer> of(
            Criteria<GenerationRequest, GenerationResult> criteria, GenerationRequest request)
            throws Exception {
        try (ZooModel<GenerationRequest, GenerationResult> model = criteria.loadModel()) {
            return of(model, request);
        }
    }

    static List<Integer> of(
            ZooModel<GenerationRequest, GenerationResult> model, GenerationRequest request)
            throws Exception {
        try (Predictor<GenerationRequest, GenerationResult> predictor = model.newPredictor()) {
            return of(predictor.predict(request).images());
        }
    }

    static List<Integer> of(List<GeneratedImage> images) {
        return images.stream()
                .map(image -> PngFile.bytes(image.picture(), image.recipe().fields()))
                .map(Arrays::hashCode)
                .toList();
    }
}
