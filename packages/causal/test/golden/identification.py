"""Adjustment sets of published graphs (pydagitty 0.1.0) and identifiability (y0 0.2.11): writes identification.json.

    pip install pydagitty==0.1.0 y0==0.2.11
    python identification.py
"""

import json
import os
import random

from pydagitty import DAG, Node, adjustment, instruments
from pydagitty.model import Edge, Endpoint
from y0.algorithm.identify import Identification, Unidentifiable, identify
from y0.dsl import P, Variable
from y0.graph import NxMixedGraph

# Name: treatment, outcome, "cause effect ..." lines, hidden pairs, unobserved nodes.
SUITE = {
    "confounding triangle with covariates": ("E", "D", "A E Z; B D Z; Z E D; E D", "", ""),
    "M-bias (Greenland, Pearl and Robins 1999)": ("E", "D", "E D", "D Z, E Z", ""),
    "M-bias with measured causes": ("X", "Y", "A X Z; B Y Z; X Y", "", ""),
    "butterfly bias": ("X", "Y", "A X Z; B Y Z; Z X Y; X Y", "", ""),
    "mediator with confounder": ("X", "Y", "Z X I; X I Y; I Y", "", ""),
    "front door (Pearl 1995)": ("X", "Y", "X M; M Y", "X Y", ""),
    "bow": ("X", "Y", "X Y", "X Y", ""),
    "instrument": ("X", "Y", "Z X; X Y", "X Y", ""),
    "napkin (Pearl and Mackenzie 2018)": ("X", "Y", "W Z; Z X; X Y", "W X, W Y", ""),
    "Verma (Verma and Pearl 1990)": ("A", "D", "A B; B C; C D", "B D", ""),
    "Verma, effect of C": ("C", "D", "A B; B C; C D", "B D", ""),
    "figure 3.4 (Pearl 2009)": ("Xi", "Xj", "X1 X3 X4; X2 X4 X5; X3 Xi; X4 Xi Xj; X5 Xj; Xi X6; X6 Xj", "", ""),
    "one cause": ("X", "Y", "X Y", "", ""),
    "mediator with a confounded treatment": ("X", "Y", "X Z; Z Y", "X Z", ""),
    "common cause, itself confounded with the treatment": ("X", "Y", "Z X Y; X Y", "Z X", ""),
    "common cause, itself confounded with the outcome": ("X", "Y", "Z X Y; X Y", "Z Y", ""),
    "front door through Z": ("X", "Y", "X Z; Z Y", "X Y", ""),
    "two mediators, the second confounded": ("X", "Y", "Z1 Z2; X Z1 Y; Z2 Y", "X Z2, Z1 Z2", ""),
    "four hidden causes, still identified": ("X", "Y", "X Z1; Z1 Y; Z2 X Z1 Z3; Z3 Y", "X Z2, X Y, X Z3, Z2 Y", ""),
    "two confounders of a chain": ("X", "Y", "X M; M Y", "X M, M Y", ""),
    "Shrier and Platt 2008": ("WarmUpExercises", "Injury", "Coach FitnessLevel TeamMotivation; Genetics FitnessLevel NeuromuscularFatigue ConnectiveTissueDisorder; TeamMotivation PreviousInjury WarmUpExercises; PreGameProprioception WarmUpExercises; ConnectiveTissueDisorder TissueWeakness NeuromuscularFatigue; ContactSport IntraGameProprioception PreviousInjury; TissueWeakness Injury; IntraGameProprioception Injury; FitnessLevel PreGameProprioception NeuromuscularFatigue; NeuromuscularFatigue IntraGameProprioception Injury; WarmUpExercises IntraGameProprioception", "", ""),
    "Schipf et al. 2010": ("TT", "T2DM", "A S PA WC U TT; S TT T2DM; WC TT U T2DM; U TT T2DM; PA WC T2DM", "", ""),
    "Acid and de Campos 1996": ("x3", "x15", "x4 x5; x5 x7 x11; x6 x7 x14; x7 x9; x8 x14 x15; x9 x10; x10 x12 x15; x11 x12; x12 x13; x14 x16; x16 x17; x1 x4 x3; x2 x3; x15 x17 x18; x3 x6 x5", "", ""),
    "Thoemmes 2013": ("x", "y", "e0 x; e1 s1; e2 s2 y; e3 s3; e4 y; s1 s2 z; s2 s3 z2; s3 y; x y s1; y z3", "", "e0 e1 e3 e4"),
    "van Kampen 2014": ("SUS", "EGC", "AFF ALN APA CDR; AIS AFF EGC SUS; ALN APA DET FTW PER SUS; CDR DET; EGC HOS; FTW DET EGC; SAN ALN AFF AIS APA CDR; SUS EGC FTW HOS; PER DET", "", ""),
    "Didelez et al. 2010, without selection": ("HRT", "TCI", "Age HRT Occ S TCI; HRT TCI; Occ Smo Thist; Smo HRT TCI; TCI S; Thist TCI", "", ""),
    "Polzer et al. 2012": ("ToothLoss", "Mortality", "ToothLoss Mortality; Periodontitis ToothLoss; Caries ToothLoss; Diabetes Mortality Periodontitis Hypertension Lipids; Obesity Mortality Periodontitis Diabetes Hypertension Lipids; Hypertension Mortality; Psychosocial ToothLoss Mortality Periodontitis Caries Diabetes Obesity Hypertension Alcohol Smoking Sport Lipids; Age ToothLoss Mortality Periodontitis Caries Diabetes Obesity Hypertension Psychosocial Alcohol Smoking Sport Lipids; Sex ToothLoss Mortality Periodontitis Caries Diabetes Obesity Hypertension Psychosocial Alcohol Smoking Sport Lipids; Alcohol ToothLoss Mortality Diabetes Obesity Hypertension Smoking Lipids; Smoking ToothLoss Mortality Periodontitis Diabetes Obesity Hypertension Sport; Sport Mortality Periodontitis Diabetes Obesity Hypertension Lipids; Lipids Mortality", "", ""),
    "Sebastiani et al. 2005": ("EDN1.3", "EDN1.7", "SELP.17 SELP.22; ECE1.13 SELP.17; ECE1.12 ECE1.13; MET.6 SELP.12; CAT MET.5; CSF2.3 CSF2.4; TGFBR3.10 TGFBR3.2 TGFBR3.9; TGFBR3.2 TGFBR3.9; TGFBR3.8 TGFBR3.2 TGFBR3.9; EDN1.3 ANXA2.12 EDN1.7; BMP6.13 BMP6.12 BMP6.9; EDN1.10 EDN1.7; EDN1.6 EDN1.10 EDN1.7; ANXA2.8 EDN1.3 CAT ECE1.12 EDN1.6 ADCY9.8 BMP6 ANXA2.13; BMP6.11 BMP6.9; BMP6.10 BMP6.11 BMP6.13; BMP6 BMP6.10; ANXA2.13 ANXA2.11; MET.5 MET.6 TGFBR3.7 SELP.14; EDN1.9 EDN1.10 BMP6.14 EDN1.3; ANXA2.7 ANXA2.11 ANXA2.5; BMP6.14 BMP6.12; TGFBR3.7 CSF2.3 TGFBR3.10; ANXA2.12 ANXA2.13 ANXA2.11 ANXA2.7 ANXA2.5; Stroke CSF2.4 TGFBR3.10 MET.6 SELP.12 SELP.22 ECE1.13 ECE1.12 BMP6.12 BMP6.13 BMP6.11 ADCY9.8 BMP6.10 TGFBR3.8 MET.5 SELP.14", "", ""),
}


def parse(lines, pairs, hidden):
    directed = [[line.split()[0], to] for line in lines.split(";") for to in line.split()[1:]]
    bidirected = [pair.split() for pair in pairs.split(",")] if pairs else []
    return directed, bidirected, hidden.split()


def dagitty_graph(directed, bidirected, hidden, names):
    made = {name: Node(name) for name in names}
    graph = DAG()
    for node in made.values():
        graph.add_node(node)
    for a, b in directed:
        graph.add_edge(Edge(made[a], made[b], Endpoint.TAIL, Endpoint.ARROW))
    for a, b in bidirected:
        graph.add_edge(Edge(made[a], made[b], Endpoint.ARROW, Endpoint.ARROW))
    if hidden:
        graph.latents = [made[name] for name in hidden]
    return graph, made


def names_of(directed, bidirected):
    return list(dict.fromkeys(name for pair in directed + bidirected for name in pair))


def identified(directed, bidirected, names, treatment, outcome):
    graph = NxMixedGraph.from_str_edges(nodes=names, directed=directed, undirected=bidirected)
    query = P[Variable(treatment)](Variable(outcome))
    try:
        identify(Identification.from_expression(query=query, graph=graph))
        return True
    except Unidentifiable:
        return False


def sets(listing):
    return sorted([sorted(node.identifier for node in found) for found in listing], key=lambda found: (len(found), found))


suite = []
for name, (treatment, outcome, lines, pairs, hidden) in SUITE.items():
    directed, bidirected, latent = parse(lines, pairs, hidden)
    names = names_of(directed, bidirected)
    graph, made = dagitty_graph(directed, bidirected, latent, names)
    query = {"exposure": made[treatment], "outcome": made[outcome]}
    descendants = {node.identifier for node in graph.descendants([made[treatment]])}
    tools = []
    if len(names) <= 20:
        for found in instruments.instrumental_variables(graph, **query):
            given = [node.identifier for node in found.conditioning_set]
            if found.node.identifier not in descendants and not descendants & set(given):
                tools.append(found.node.identifier)
    suite.append({
        "name": name, "treatment": treatment, "outcome": outcome,
        "directed": directed, "bidirected": bidirected, "hidden": latent,
        "minimal": sets(adjustment.adjustment_sets(graph, mode="minimal", **query)),
        "canonical": sets(adjustment.adjustment_sets(graph, mode="canonical", **query)),
        "instruments": sorted(tools) if len(names) <= 20 else None,
        "identified": None if latent else identified(directed, bidirected, names, treatment, outcome),
    })

random.seed(5)
drawn = []
for index in range(300):
    size = 4 + index % 4
    order = random.sample([f"v{i}" for i in range(size)], size)
    pairs = [(a, b) for i, a in enumerate(order) for b in order[i + 1:]]
    directed = [list(pair) for pair in pairs if random.random() < 0.5]
    bidirected = [list(pair) for pair in pairs if random.random() < [0.15, 0.3, 0.45][index % 3]]
    names = [f"v{i}" for i in range(size)]
    drawn.append({
        "size": size, "directed": directed, "bidirected": bidirected,
        "identified": identified(directed, bidirected, names, "v0", "v1"),
    })

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "identification.json")
with open(path, "w") as file:
    json.dump({"pydagitty": "0.1.0", "y0": "0.2.11", "suite": suite, "random": drawn}, file, indent=None, separators=(",", ":"))
    file.write("\n")
print(len(suite), sum(case["identified"] for case in drawn), "of", len(drawn))
