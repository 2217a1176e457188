// SPDX-License-Identifier: MIT
// Public keys of every type, as lines of a key file have them; there is nothing to log in to with any of them. Types,
// bits and fingerprints are those that `ssh-keygen -lf` of 9.2 and 10.4 prints. Made with ssh-keygen; the keys of
// security keys (sk*), mldsa and the RSA keys of fewer than 1024 bits, which it refuses, are put together from numbers.
#pragma once

#include <array>
#include <string_view>

namespace sshaudit {

struct SampleKey {
  std::string_view name;
  std::string_view type;
  std::string_view blob;
  unsigned bits = 0;
  std::string_view fingerprint;
};

constexpr std::array sample_keys = {
    SampleKey{"ed", "ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIM0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIo", 256,
              "SHA256:c06n3CHyts+7RcXpw8TCn7oIHmQJeiijaGBgdl4LZ2M"},
    SampleKey{"ed2", "ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIL6G5L16wuDXSyb3mQhoHVU5oOFq/prAZx3KpTIcKyhs", 256,
              "SHA256:C96JPHov0k33ih4/ph7ZOgU/XRxTuPXdPIRTSJZFWXg"},
    SampleKey{"ca", "ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIBIiF1Q+uWPKRNLmA4OIjswSf0EYbzusf6jb9v9DYjT/", 256,
              "SHA256:lPEu6AZxocRVZRKe8H/KHktKchmqxl+a0n3WcmUVIM8"},
    SampleKey{"rsa", "ssh-rsa",
              "AAAAB3NzaC1yc2EAAAADAQABAAABAQC7iO5ljaf+fQ7Dhui+TLEyt/BvcTOSdwTRNHAr4bMnJsB4BQjD6MH15HNg3/NCQcRp+Rej"
              "41t/Htwww0As5TxDuLbvaMn5hEspBD9PdRz8nMB/1/gpqVfiRZnbSwELbhOycVewBrX3RKTSwCSMibnz0FAgUfYKByB/4uAWjJRF"
              "CCEjVtn3/u7SIfEHRY3ygJ6qtayRd4vjlLRZ/Q2TEZd+uJl+xtuz7EthUaLylpEiz7mzIP7S49wOyCvO0Xyidjv4RzsI5QfpX3R7"
              "Wlrbu1c2DfeFJ81DnCVHTkcrAbLf2Gadwd+5k8BSW3KGmpfI3kXljXJB4QCXSdKRMo1XcRWN",
              2048, "SHA256:92YD1ciAlAdM8grETi19l46LfKFxr8Jd/7N42k7bhiI"},
    SampleKey{"rsa1024", "ssh-rsa",
              "AAAAB3NzaC1yc2EAAAADAQABAAAAgQDJVe/bUZgzW24popmA7TYoBk5A9uXkPSx0H1zYQXjLfRcC3dk+ul1cK14An76SzlPo7fY6"
              "eRP/0yoVUz37+aR1DVfuroHDnLhsgqsyErM9ZyzjME/97rQTux0S4AzlMedKeqKj8QlhcTeT95RtaRuVpqb3gkT79IrL+V8TJ2UD"
              "uw==",
              1024, "SHA256:6Mls/nEwf9wlRmLOa6MVN8I6sSxZK/+RMiZ1MkFX0qQ"},
    SampleKey{"rsa1023", "ssh-rsa",
              "AAAAB3NzaC1yc2EAAAADAQABAAAAgE2xIIBlgqcaqotM00pcWMx64JCoTwjSsHP1EfZZdx/eUjGMbpVnfzh2pSO4LvzSZbOMokoq"
              "9AY88CNxBE3dZDm18qoQJRnsMQoRVDWMV3kXtT8PUvC3RjZrpzsY8KlF7IyShsq0z2bRaWESPuhEB7/YWbsjdxLhqY3nZSmY3qhl",
              1023, "SHA256:R75TD7JSC5YQjvCEkg87zESabVvDcznHItLh9EbLSyg"},
    SampleKey{"rsa768", "ssh-rsa",
              "AAAAB3NzaC1yc2EAAAADAQABAAAAYQDSMYxulWd/OHalI7gu/NJls4yiSir0BjzwI3EETd1kObXyqhAlGewxChFUNYxXeRe1Pw9S"
              "8LdGNmunOxjwqUXsjJKGyrTPZtFpYRI+6EQHv9hZuyN3EuGpjedlKZjeqGU=",
              768, "SHA256:JlmFwiZ7XR2TKjNbV53Y3PpBgZJuDbRnvbOiqsDCfIA"},
    SampleKey{"rsa767", "ssh-rsa",
              "AAAAB3NzaC1yc2EAAAADAQABAAAAYFIxjG6VZ384dqUjuC780mWzjKJKKvQGPPAjcQRN3WQ5tfKqECUZ7DEKEVQ1jFd5F7U/D1Lw"
              "t0Y2a6c7GPCpReyMkobKtM9m0WlhEj7oRAe/2Fm7I3cS4amN52UpmN6oZQ==",
              767, "SHA256:J/uTlUO3mg3KdEEoMambxXVis7QvAwVgQWk6+B2I/b0"},
    SampleKey{"dsa", "ssh-dss",
              "AAAAB3NzaC1kc3MAAACBANlYREHNIMXyvOVr5KsHxNYKzK8VDLTRqE/eLW/OrRGlNajcIQhTIKMUgBLJMS/XknUl371BARya5NUs"
              "cPPSrT/i2xuQsFfxEO4wmo709P4Qx7Ovv8QUw8eK/6Xy2Zk53VmcS3f9mcUSkjwAOXKdKci/8qBFsDKHKs18tEFbXQdZAAAAFQD2"
              "a/XJ5bBdpWs+GWB5jNhqQCleOQAAAIB3NlCbwrZlF1aY/Uc6UopqaZanaEmD3tMH4ZIOaI/L4XFIMr3KL52Xj+7gHYO6B/Gd093W"
              "bksn56zBbNPh1JEpcw3nKoWMqp3g5mImXmqtO/4x7RavtGusF9hpG9LkHbwHmyo08tFj805LRBR+G8JBHjmtnZoQzZZ1tPCZiTxX"
              "pgAAAIBYnHmzBFDJ+3VgNq5+72b43giyCfWKN5v+lupoJdmVKuMF9zcx/gS8t4iNHuG1LlsJibWM9Bc3yUca2Q+ExHYpsarqxzCf"
              "bYA8Lxk1p75XBQA9JMOahrOwHD1CfkBLtwiHeM6nQlfPgItzgPYnAUYwkbcCYhDNAHEBsEYmJk3Zrg==",
              1024, "SHA256:yS0VVym9YNJCEc9yzcXouxD12zSbQd5SGBRAHyUlXrQ"},
    SampleKey{"ec256", "ecdsa-sha2-nistp256",
              "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBKpom2h0XDgseEd/LNlDWBMd/FDOP3o719zO47ew+hgnDGeJ"
              "pTvNl6ETtCOCI5ekTCsigk+J6KEFBC45zZ4jS2M=",
              256, "SHA256:z0vW/OI046prIR+Nvr9xoQfnjsVvqlGlAYGm7xNfzvg"},
    SampleKey{"ec384", "ecdsa-sha2-nistp384",
              "AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBNZ2ShBHcSZwjIZgrPs7F9iqu0LuI/JRy7H9JD8sVvdIImhP"
              "cctiUkMK3H4vEfVeWHNj3+uGzDEIZMl9nguB7PMfV4kOAfSgf5SV+Ou7P4cbhXOiLmfBU0H35BzCRR4RsA==",
              384, "SHA256:vHbOsa32ksZ4EAtjZ6gOA7wvl+bYKkVkq1EFjD5wDAc"},
    SampleKey{"ec521", "ecdsa-sha2-nistp521",
              "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAGl8+dIw00OYO/jkIKjEV2BR+8c4KrjYWKofUnpFZhrotES"
              "da71knhKMN/jlMCd9jmihs9V+p/wuBwlr/j8kH06eABq/myuu+vzNNpSKXYVRjbRm4Y170LohwQtGGy06iaVESLbHOrdDYVm8jDS"
              "BVjRnPy8T7qsstyS3wvvZnji4G1Wfw==",
              521, "SHA256:MGZN0vTQHmWeyZj1cyQ57M2/fvmat1eEkxkhBBuxtXI"},
    SampleKey{"sked", "sk-ssh-ed25519@openssh.com",
              "AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIM0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIoAAAABHNzaDo=",
              256, "SHA256:f2yAGjYCda1Plf8Inh8Ey70TSSJoBhkILQFHKcnnQdU"},
    SampleKey{"skec", "sk-ecdsa-sha2-nistp256@openssh.com",
              "AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAABBBKpom2h0XDgseEd/LNlDWBMd/FDO"
              "P3o719zO47ew+hgnDGeJpTvNl6ETtCOCI5ekTCsigk+J6KEFBC45zZ4jS2MAAAAEc3NoOg==",
              256, "SHA256:nxYabeqgKXWMIeEWJJ6iGemLurfmBTZoDxj7s4MPt4I"},
    SampleKey{"mldsa", "ssh-mldsa44-ed25519@openssh.com",
              "AAAAH3NzaC1tbGRzYTQ0LWVkMjU1MTlAb3BlbnNzaC5jb20AAAVAbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1L9RIv"
              "NEVUxTveLruM0rfj0WAK1jHDhaXXzOI8d4VFmtvBtMkA/+SNV1tdpcY4BAEl9l2w/j4kSUt26phkV9mGCE/tCLl4r019GWp0Rqhr"
              "WACeY2thHbFiEbZamq3/KcXlLZxQjFAjRzRNjAetkcvWBor8df9ikvBioJyjgcieced7mprp4wsNvbb1EKJk753ngVAde2uSronr"
              "BZxat0PbZ1humPrSfaC5lovAOaHvNMk5ubjlI6i++J1HhgjF7PbKNYdY9tJ+bPRScpN5d6dI/Yg5HbZ5ztp9x78fAF7oeb7q13mU"
              "z1czQewXtYu/frNNJxHJk8HZdrEosxiNwYKaK0w0L1Qz6+WRodp34BPRtyR1Vi1IV43Ki4S6xmUcPLkBukcZyAtv6RGwkafAUSS2"
              "Tu7Olk4JwFjvj5gF2spUa+fPRqB4/tT6/QteOv8USAK4U/iuRZpPDBSt0zFLfMOm72y9IWHq6nlDzoaTuYJNI9F5P/scD8oFtgDT"
              "iZtEyXedHg4tlFnQZSOtE+KKQJPCMWuq/nrsWyXzDrouETWZxE17PvcwCs9wyJLYMn24Jy9UQ0rbxhpOEwpWPLWaDQ9H3A6cNlih"
              "o+0eyUJ02LGZJck+Grt926KUkjrZveMPjLjFVeq0XQiEWunxDUUqmb/LBvdKULmI/n5I3TI3ibiO40pkoQfwyzJTblvObJjDk9sh"
              "zKf06hh7qMTcqLUdTqgK8pl5HN3T1mZPZnCEKBLvYFPrZQG9YoKkdru/PukedQyriX+97fpQKy2Dm2pWEAiH3M3FB1VcKC5ZWJ4G"
              "MApi4oOJHX/oXDPlLItOWBTJL7ajuUZymSAFOKa6uqi0Uth5Lw/R6JuN4dVyknQuw4DqRwZuMHrWRfW8OtrYoG/1hgh8t8RUfPJl"
              "NZDXqazmDMYj0lFIrfvIiomusO+I2ng5uo8RsF2nheQ+cT0Dd0xr00Bdmc0wJK8zT/1o22Y6o3A0RSuh3e+AJGxIvnaQGTx2wdYR"
              "hZBr6UAQFP4U8b5kt09oqi4u5d/5bjNV5sfuNz49ak4X91+VGNhDcJwMm8Pj1Fj3sHgFkgMuTYYCo+hpD7LHAbLh3VRucDRFqr1k"
              "aXNNd638lQKec7Fz9g5Vb5FbDNiFCEgRE1ixw3D7fBVOYf29T8QqIfH4YKEDDm66I9U+yrcb0ZKXq2wHQ4HU7O4AGB8Y1lDSBdcd"
              "k0w2Rv9frBwJa6Uuukz3WLhlNk9BZ9PNllJZXzft0IxR36JlZ+bNdub6JwnD5XhHjKOY0xaDenr/5nm7gxyVtn3BeBnGPFCQ0iGq"
              "xvTHv1MPWUq0PSH6Hjap5/HJW4L/uZdD4MXEzpXYPJpDCqxZ+E7zy/q2FFBou3IIvJtdfATxI2qCoAk6XjP0BCPVuo1CZvcJLDuk"
              "O2KKMx/d5wMvM6ceGy4lfYAWbjSOAPyxeRT0i9tXocYwBzNDWbkO/tddpfCtodXmslb0pr0K7n6znA+QGCoCH/yLCfyWCC00wt/B"
              "KV2SBzteodyO+NqV8U397QEf+5bT5Uu78/EctbQ+cAJzp40S3lXkp+q3Qe0qvxN4ek0tyDK47JUdzuOnpPOqxn7HaizkRpzHbfZQ"
              "8TS/JXK/YKZcmCM4Jl/aF6NGEbFTPYooH/aA3FeRsM4KEcJbNeEcjnVoVQky67GrzBxgHOucTjxPq6DKpbhbuYxPHmYSxA+qUoqR"
              "yc0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIo",
              256, "SHA256:2DwWsqPkUNmIfP04SZBgEySvi/5jMiZ+QSqn8Vv8dUY"},
    SampleKey{"ed-cert", "ssh-ed25519-cert-v01@openssh.com",
              "AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29tAAAAIHdiR1RV0cAZAspAWnaT8eLthbArPvuBX3Nq8hkGbkWnAAAA"
              "IM0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIoAAAAAAAAAAcAAAABAAAABWlkLWVkAAAACQAAAAVhbGljZQAAAAAAAAAA"
              "//////////8AAAAAAAAAggAAABVwZXJtaXQtWDExLWZvcndhcmRpbmcAAAAAAAAAF3Blcm1pdC1hZ2VudC1mb3J3YXJkaW5nAAAA"
              "AAAAABZwZXJtaXQtcG9ydC1mb3J3YXJkaW5nAAAAAAAAAApwZXJtaXQtcHR5AAAAAAAAAA5wZXJtaXQtdXNlci1yYwAAAAAAAAAA"
              "AAAAMwAAAAtzc2gtZWQyNTUxOQAAACASIhdUPrljykTS5gODiI7MEn9BGG87rH+o2/b/Q2I0/wAAAFMAAAALc3NoLWVkMjU1MTkA"
              "AABA18wP1Wo62Yb9IcUEljqJ6YcB42fWGECk0VKtroVU/G/Gb+eFE9hLX8UWdCRWQxfkgtei74BOYsE4+3kH28LKDg==",
              256, "SHA256:c06n3CHyts+7RcXpw8TCn7oIHmQJeiijaGBgdl4LZ2M"},
    SampleKey{"rsa-cert", "ssh-rsa-cert-v01@openssh.com",
              "AAAAHHNzaC1yc2EtY2VydC12MDFAb3BlbnNzaC5jb20AAAAgwxq+pmRFbZEjmnz+mxtZcI1QWZdFEhMyl1gXBsVOPz0AAAADAQAB"
              "AAABAQC7iO5ljaf+fQ7Dhui+TLEyt/BvcTOSdwTRNHAr4bMnJsB4BQjD6MH15HNg3/NCQcRp+Rej41t/Htwww0As5TxDuLbvaMn5"
              "hEspBD9PdRz8nMB/1/gpqVfiRZnbSwELbhOycVewBrX3RKTSwCSMibnz0FAgUfYKByB/4uAWjJRFCCEjVtn3/u7SIfEHRY3ygJ6q"
              "tayRd4vjlLRZ/Q2TEZd+uJl+xtuz7EthUaLylpEiz7mzIP7S49wOyCvO0Xyidjv4RzsI5QfpX3R7Wlrbu1c2DfeFJ81DnCVHTkcr"
              "AbLf2Gadwd+5k8BSW3KGmpfI3kXljXJB4QCXSdKRMo1XcRWNAAAAAAAAAAcAAAABAAAABmlkLXJzYQAAAAkAAAAFYWxpY2UAAAAA"
              "AAAAAP//////////AAAAAAAAAIIAAAAVcGVybWl0LVgxMS1mb3J3YXJkaW5nAAAAAAAAABdwZXJtaXQtYWdlbnQtZm9yd2FyZGlu"
              "ZwAAAAAAAAAWcGVybWl0LXBvcnQtZm9yd2FyZGluZwAAAAAAAAAKcGVybWl0LXB0eQAAAAAAAAAOcGVybWl0LXVzZXItcmMAAAAA"
              "AAAAAAAAADMAAAALc3NoLWVkMjU1MTkAAAAgEiIXVD65Y8pE0uYDg4iOzBJ/QRhvO6x/qNv2/0NiNP8AAABTAAAAC3NzaC1lZDI1"
              "NTE5AAAAQDtbu9i0BiLGXzQeA5mMvv2V5PVhBkQXzoeVG1Sc7JVnkpNr/rQ4OHZYOzVbhHQ8ODHrkHF22YuYGp9erOD5Rwo=",
              2048, "SHA256:92YD1ciAlAdM8grETi19l46LfKFxr8Jd/7N42k7bhiI"},
    SampleKey{"dsa-cert", "ssh-dss-cert-v01@openssh.com",
              "AAAAHHNzaC1kc3MtY2VydC12MDFAb3BlbnNzaC5jb20AAAAgb8fDOgdynzOP8UuDD2oTHJ5orCqcRCC0LFEx8LDYe0oAAACBANlY"
              "REHNIMXyvOVr5KsHxNYKzK8VDLTRqE/eLW/OrRGlNajcIQhTIKMUgBLJMS/XknUl371BARya5NUscPPSrT/i2xuQsFfxEO4wmo70"
              "9P4Qx7Ovv8QUw8eK/6Xy2Zk53VmcS3f9mcUSkjwAOXKdKci/8qBFsDKHKs18tEFbXQdZAAAAFQD2a/XJ5bBdpWs+GWB5jNhqQCle"
              "OQAAAIB3NlCbwrZlF1aY/Uc6UopqaZanaEmD3tMH4ZIOaI/L4XFIMr3KL52Xj+7gHYO6B/Gd093Wbksn56zBbNPh1JEpcw3nKoWM"
              "qp3g5mImXmqtO/4x7RavtGusF9hpG9LkHbwHmyo08tFj805LRBR+G8JBHjmtnZoQzZZ1tPCZiTxXpgAAAIBYnHmzBFDJ+3VgNq5+"
              "72b43giyCfWKN5v+lupoJdmVKuMF9zcx/gS8t4iNHuG1LlsJibWM9Bc3yUca2Q+ExHYpsarqxzCfbYA8Lxk1p75XBQA9JMOahrOw"
              "HD1CfkBLtwiHeM6nQlfPgItzgPYnAUYwkbcCYhDNAHEBsEYmJk3ZrgAAAAAAAAAHAAAAAQAAAAZpZC1kc2EAAAAJAAAABWFsaWNl"
              "AAAAAAAAAAD//////////wAAAAAAAACCAAAAFXBlcm1pdC1YMTEtZm9yd2FyZGluZwAAAAAAAAAXcGVybWl0LWFnZW50LWZvcndh"
              "cmRpbmcAAAAAAAAAFnBlcm1pdC1wb3J0LWZvcndhcmRpbmcAAAAAAAAACnBlcm1pdC1wdHkAAAAAAAAADnBlcm1pdC11c2VyLXJj"
              "AAAAAAAAAAAAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIBIiF1Q+uWPKRNLmA4OIjswSf0EYbzusf6jb9v9DYjT/AAAAUwAAAAtzc2gt"
              "ZWQyNTUxOQAAAEBD6blyh0bI5uIydPhpCujOZcBXkA4TAwR34Ozm/3bg+c+bSOLGl9rigjxDBponxDL6xrYkAE2kudItcucwI+wO",
              1024, "SHA256:yS0VVym9YNJCEc9yzcXouxD12zSbQd5SGBRAHyUlXrQ"},
    SampleKey{"ec256-cert", "ecdsa-sha2-nistp256-cert-v01@openssh.com",
              "AAAAKGVjZHNhLXNoYTItbmlzdHAyNTYtY2VydC12MDFAb3BlbnNzaC5jb20AAAAg7pK2iWaYIastXCz/ajXNFoeqpNd6BttjfZR2"
              "QJr7vYMAAAAIbmlzdHAyNTYAAABBBKpom2h0XDgseEd/LNlDWBMd/FDOP3o719zO47ew+hgnDGeJpTvNl6ETtCOCI5ekTCsigk+J"
              "6KEFBC45zZ4jS2MAAAAAAAAABwAAAAEAAAAIaWQtZWMyNTYAAAAJAAAABWFsaWNlAAAAAAAAAAD//////////wAAAAAAAACCAAAA"
              "FXBlcm1pdC1YMTEtZm9yd2FyZGluZwAAAAAAAAAXcGVybWl0LWFnZW50LWZvcndhcmRpbmcAAAAAAAAAFnBlcm1pdC1wb3J0LWZv"
              "cndhcmRpbmcAAAAAAAAACnBlcm1pdC1wdHkAAAAAAAAADnBlcm1pdC11c2VyLXJjAAAAAAAAAAAAAAAzAAAAC3NzaC1lZDI1NTE5"
              "AAAAIBIiF1Q+uWPKRNLmA4OIjswSf0EYbzusf6jb9v9DYjT/AAAAUwAAAAtzc2gtZWQyNTUxOQAAAEA/jp9mFzbLhHgVY2PvAWXJ"
              "BtzLgbmsoi1IpXTZY9yksQ52H76ehBV5SXJIdhfDI1dMZ6iiSo2QnVZVGhqEZ5QO",
              256, "SHA256:z0vW/OI046prIR+Nvr9xoQfnjsVvqlGlAYGm7xNfzvg"},
    SampleKey{"ec384-cert", "ecdsa-sha2-nistp384-cert-v01@openssh.com",
              "AAAAKGVjZHNhLXNoYTItbmlzdHAzODQtY2VydC12MDFAb3BlbnNzaC5jb20AAAAgsU4zV1yjhVfi4mNHtq00FxXlR+tXmGVDuGzW"
              "2IOzSQ8AAAAIbmlzdHAzODQAAABhBNZ2ShBHcSZwjIZgrPs7F9iqu0LuI/JRy7H9JD8sVvdIImhPcctiUkMK3H4vEfVeWHNj3+uG"
              "zDEIZMl9nguB7PMfV4kOAfSgf5SV+Ou7P4cbhXOiLmfBU0H35BzCRR4RsAAAAAAAAAAHAAAAAQAAAAhpZC1lYzM4NAAAAAkAAAAF"
              "YWxpY2UAAAAAAAAAAP//////////AAAAAAAAAIIAAAAVcGVybWl0LVgxMS1mb3J3YXJkaW5nAAAAAAAAABdwZXJtaXQtYWdlbnQt"
              "Zm9yd2FyZGluZwAAAAAAAAAWcGVybWl0LXBvcnQtZm9yd2FyZGluZwAAAAAAAAAKcGVybWl0LXB0eQAAAAAAAAAOcGVybWl0LXVz"
              "ZXItcmMAAAAAAAAAAAAAADMAAAALc3NoLWVkMjU1MTkAAAAgEiIXVD65Y8pE0uYDg4iOzBJ/QRhvO6x/qNv2/0NiNP8AAABTAAAA"
              "C3NzaC1lZDI1NTE5AAAAQOGQ3jRf6tt/1p+hMK9sPqi29CrBd05dvZjMgBcde2XgnejWgTTzkQuYwNBygXbhTbC1Ad3xdTSaLHhA"
              "AISGUQQ=",
              384, "SHA256:vHbOsa32ksZ4EAtjZ6gOA7wvl+bYKkVkq1EFjD5wDAc"},
    SampleKey{"ec521-cert", "ecdsa-sha2-nistp521-cert-v01@openssh.com",
              "AAAAKGVjZHNhLXNoYTItbmlzdHA1MjEtY2VydC12MDFAb3BlbnNzaC5jb20AAAAg/9FnO+wuhz06HhrQZMtgd9YIYGn6g5U/DVFW"
              "kVR6uKcAAAAIbmlzdHA1MjEAAACFBAGl8+dIw00OYO/jkIKjEV2BR+8c4KrjYWKofUnpFZhrotESda71knhKMN/jlMCd9jmihs9V"
              "+p/wuBwlr/j8kH06eABq/myuu+vzNNpSKXYVRjbRm4Y170LohwQtGGy06iaVESLbHOrdDYVm8jDSBVjRnPy8T7qsstyS3wvvZnji"
              "4G1WfwAAAAAAAAAHAAAAAQAAAAhpZC1lYzUyMQAAAAkAAAAFYWxpY2UAAAAAAAAAAP//////////AAAAAAAAAIIAAAAVcGVybWl0"
              "LVgxMS1mb3J3YXJkaW5nAAAAAAAAABdwZXJtaXQtYWdlbnQtZm9yd2FyZGluZwAAAAAAAAAWcGVybWl0LXBvcnQtZm9yd2FyZGlu"
              "ZwAAAAAAAAAKcGVybWl0LXB0eQAAAAAAAAAOcGVybWl0LXVzZXItcmMAAAAAAAAAAAAAADMAAAALc3NoLWVkMjU1MTkAAAAgEiIX"
              "VD65Y8pE0uYDg4iOzBJ/QRhvO6x/qNv2/0NiNP8AAABTAAAAC3NzaC1lZDI1NTE5AAAAQPL/xyq+/8sSVl+lRqD1k9OW4tiBwctP"
              "32VuvavAb4NFzqwREz+A4R7zuhVK3yA93gIkoq3y5z5x4WK+cUKcrgM=",
              521, "SHA256:MGZN0vTQHmWeyZj1cyQ57M2/fvmat1eEkxkhBBuxtXI"},
    SampleKey{"sked-cert", "sk-ssh-ed25519-cert-v01@openssh.com",
              "AAAAI3NrLXNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29tAAAAID6XrYklJPeM6Tzc/ek1Qj4IAanpTEdDTaXPjl8VcRzT"
              "AAAAIM0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJKlIoAAAABHNzaDoAAAAAAAAABwAAAAEAAAAHaWQtc2tlZAAAAAkAAAAF"
              "YWxpY2UAAAAAAAAAAP//////////AAAAAAAAAIIAAAAVcGVybWl0LVgxMS1mb3J3YXJkaW5nAAAAAAAAABdwZXJtaXQtYWdlbnQt"
              "Zm9yd2FyZGluZwAAAAAAAAAWcGVybWl0LXBvcnQtZm9yd2FyZGluZwAAAAAAAAAKcGVybWl0LXB0eQAAAAAAAAAOcGVybWl0LXVz"
              "ZXItcmMAAAAAAAAAAAAAADMAAAALc3NoLWVkMjU1MTkAAAAgEiIXVD65Y8pE0uYDg4iOzBJ/QRhvO6x/qNv2/0NiNP8AAABTAAAA"
              "C3NzaC1lZDI1NTE5AAAAQJpMLfXoHCWl0o2lKj8c0G5WfLblaMcokLZJhAPDLcqQqgBnPxnNL+OSyC1mPAT+6U3YDHokzskxMKii"
              "LPwjgQI=",
              256, "SHA256:f2yAGjYCda1Plf8Inh8Ey70TSSJoBhkILQFHKcnnQdU"},
    SampleKey{"skec-cert", "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
              "AAAAK3NrLWVjZHNhLXNoYTItbmlzdHAyNTYtY2VydC12MDFAb3BlbnNzaC5jb20AAAAg2s6aWcwsrHGzphqv6Nns3tS9nynDbUzI"
              "WcINqi7NhbMAAAAIbmlzdHAyNTYAAABBBKpom2h0XDgseEd/LNlDWBMd/FDOP3o719zO47ew+hgnDGeJpTvNl6ETtCOCI5ekTCsi"
              "gk+J6KEFBC45zZ4jS2MAAAAEc3NoOgAAAAAAAAAHAAAAAQAAAAdpZC1za2VjAAAACQAAAAVhbGljZQAAAAAAAAAA//////////8A"
              "AAAAAAAAggAAABVwZXJtaXQtWDExLWZvcndhcmRpbmcAAAAAAAAAF3Blcm1pdC1hZ2VudC1mb3J3YXJkaW5nAAAAAAAAABZwZXJt"
              "aXQtcG9ydC1mb3J3YXJkaW5nAAAAAAAAAApwZXJtaXQtcHR5AAAAAAAAAA5wZXJtaXQtdXNlci1yYwAAAAAAAAAAAAAAMwAAAAtz"
              "c2gtZWQyNTUxOQAAACASIhdUPrljykTS5gODiI7MEn9BGG87rH+o2/b/Q2I0/wAAAFMAAAALc3NoLWVkMjU1MTkAAABAO5x1H91E"
              "KziW8d7YNZYPB/5HQhhhtLJdlc7AxkkM9846Af2Kz8GfS5OQbL/rP4xFQdKktHs9pX0WRC1jgP7VBA==",
              256, "SHA256:nxYabeqgKXWMIeEWJJ6iGemLurfmBTZoDxj7s4MPt4I"},
    SampleKey{"mldsa-cert", "ssh-mldsa44-ed25519-cert-v01@openssh.com",
              "AAAAKHNzaC1tbGRzYTQ0LWVkMjU1MTktY2VydC12MDFAb3BlbnNzaC5jb20AAAAgplrdXxUyVkfry7belGkG7iJTF8JBYyJhkMUI"
              "qGGhtEkAAAVAbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1L9RIvNEVUxTveLruM0rfj0WAK1jHDhaXXzOI8d4VFmtvB"
              "tMkA/+SNV1tdpcY4BAEl9l2w/j4kSUt26phkV9mGCE/tCLl4r019GWp0RqhrWACeY2thHbFiEbZamq3/KcXlLZxQjFAjRzRNjAet"
              "kcvWBor8df9ikvBioJyjgcieced7mprp4wsNvbb1EKJk753ngVAde2uSronrBZxat0PbZ1humPrSfaC5lovAOaHvNMk5ubjlI6i+"
              "+J1HhgjF7PbKNYdY9tJ+bPRScpN5d6dI/Yg5HbZ5ztp9x78fAF7oeb7q13mUz1czQewXtYu/frNNJxHJk8HZdrEosxiNwYKaK0w0"
              "L1Qz6+WRodp34BPRtyR1Vi1IV43Ki4S6xmUcPLkBukcZyAtv6RGwkafAUSS2Tu7Olk4JwFjvj5gF2spUa+fPRqB4/tT6/QteOv8U"
              "SAK4U/iuRZpPDBSt0zFLfMOm72y9IWHq6nlDzoaTuYJNI9F5P/scD8oFtgDTiZtEyXedHg4tlFnQZSOtE+KKQJPCMWuq/nrsWyXz"
              "DrouETWZxE17PvcwCs9wyJLYMn24Jy9UQ0rbxhpOEwpWPLWaDQ9H3A6cNliho+0eyUJ02LGZJck+Grt926KUkjrZveMPjLjFVeq0"
              "XQiEWunxDUUqmb/LBvdKULmI/n5I3TI3ibiO40pkoQfwyzJTblvObJjDk9shzKf06hh7qMTcqLUdTqgK8pl5HN3T1mZPZnCEKBLv"
              "YFPrZQG9YoKkdru/PukedQyriX+97fpQKy2Dm2pWEAiH3M3FB1VcKC5ZWJ4GMApi4oOJHX/oXDPlLItOWBTJL7ajuUZymSAFOKa6"
              "uqi0Uth5Lw/R6JuN4dVyknQuw4DqRwZuMHrWRfW8OtrYoG/1hgh8t8RUfPJlNZDXqazmDMYj0lFIrfvIiomusO+I2ng5uo8RsF2n"
              "heQ+cT0Dd0xr00Bdmc0wJK8zT/1o22Y6o3A0RSuh3e+AJGxIvnaQGTx2wdYRhZBr6UAQFP4U8b5kt09oqi4u5d/5bjNV5sfuNz49"
              "ak4X91+VGNhDcJwMm8Pj1Fj3sHgFkgMuTYYCo+hpD7LHAbLh3VRucDRFqr1kaXNNd638lQKec7Fz9g5Vb5FbDNiFCEgRE1ixw3D7"
              "fBVOYf29T8QqIfH4YKEDDm66I9U+yrcb0ZKXq2wHQ4HU7O4AGB8Y1lDSBdcdk0w2Rv9frBwJa6Uuukz3WLhlNk9BZ9PNllJZXzft"
              "0IxR36JlZ+bNdub6JwnD5XhHjKOY0xaDenr/5nm7gxyVtn3BeBnGPFCQ0iGqxvTHv1MPWUq0PSH6Hjap5/HJW4L/uZdD4MXEzpXY"
              "PJpDCqxZ+E7zy/q2FFBou3IIvJtdfATxI2qCoAk6XjP0BCPVuo1CZvcJLDukO2KKMx/d5wMvM6ceGy4lfYAWbjSOAPyxeRT0i9tX"
              "ocYwBzNDWbkO/tddpfCtodXmslb0pr0K7n6znA+QGCoCH/yLCfyWCC00wt/BKV2SBzteodyO+NqV8U397QEf+5bT5Uu78/EctbQ+"
              "cAJzp40S3lXkp+q3Qe0qvxN4ek0tyDK47JUdzuOnpPOqxn7HaizkRpzHbfZQ8TS/JXK/YKZcmCM4Jl/aF6NGEbFTPYooH/aA3FeR"
              "sM4KEcJbNeEcjnVoVQky67GrzBxgHOucTjxPq6DKpbhbuYxPHmYSxA+qUoqRyc0X/ZtCyNpeM3NH/AxRsEzPMCtcOQKO+bp9O2rJ"
              "KlIoAAAAAAAAAAcAAAABAAAACGlkLW1sZHNhAAAACQAAAAVhbGljZQAAAAAAAAAA//////////8AAAAAAAAAggAAABVwZXJtaXQt"
              "WDExLWZvcndhcmRpbmcAAAAAAAAAF3Blcm1pdC1hZ2VudC1mb3J3YXJkaW5nAAAAAAAAABZwZXJtaXQtcG9ydC1mb3J3YXJkaW5n"
              "AAAAAAAAAApwZXJtaXQtcHR5AAAAAAAAAA5wZXJtaXQtdXNlci1yYwAAAAAAAAAAAAAAMwAAAAtzc2gtZWQyNTUxOQAAACASIhdU"
              "PrljykTS5gODiI7MEn9BGG87rH+o2/b/Q2I0/wAAAFMAAAALc3NoLWVkMjU1MTkAAABAUckLc76kq0s+3NIVj9N2mkYltMTbWPVL"
              "K812l58nFALEImFiqh8nJR352tSF5iWzf5rQ3BkoaP3cb/wG/ZYIAA==",
              256, "SHA256:2DwWsqPkUNmIfP04SZBgEySvi/5jMiZ+QSqn8Vv8dUY"},
};

}  // namespace sshaudit
